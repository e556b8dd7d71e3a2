"""The pages on which a moderator says that they are away, a deputy stands in, and somebody names who moderates next."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.held_posts import choosing, sending
from forum.domain.held_posts.choosing import Choice
from forum.domain.moderation import hiding, objections, post_reports, settling
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.domain.spaces import absences, deputies
from forum.domain.spaces.absences import Days
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import calendar, letters
from forum.models.accounts import NetworkRole
from forum.models.mail import OutgoingMail
from forum.models.post_reports import ReportOutcome, ReportReason
from forum.models.spaces import Role
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in, submit
from tests.letter_check import parts
from tests.notices import react

pytestmark = pytest.mark.both_databases
PAGE = "/settings/absence"
ENGLISH = {"Accept-Language": "en"}


def read(client, path, status=200):
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == status, path
    return " ".join(answer.text.split())


def told(answer):
    return " ".join(answer.get_data(as_text=True).split())


def send(client, path, values, status):
    answer = submit(client, path, values)
    assert answer.status_code == status, told(answer)
    return told(answer)


def test_the_form_keeps_what_was_typed_and_asks_for_a_deputy(client, gent, leen, moderator):
    sign_in(client, moderator)
    moderator.locale = "en"
    db.session.commit()
    today = days.today()
    field = f"deputy_{gent.id}"
    assert f'name="{field}"' in read(client, PAGE), "nobody else moderates"
    wrong = send(client, PAGE, {"first": str(today), "last": "soon", field: "@nobody"}, 422)
    assert "Choose a day." in wrong
    assert 'value="@nobody"' in wrong
    both = {"first": str(today), "last": str(today + timedelta(days=6))}
    assert "name a full member as its deputy" in send(client, PAGE, both, 422)
    assert "Choose a full member" in send(client, PAGE, {**both, field: "@nobody"}, 422)
    assert absences.own(actor(moderator)) is None
    send(client, PAGE, {**both, field: f"@{leen.handle}"}, 303)
    assert "I am there after all" in read(client, PAGE)
    assert deputies.of_space(gent.id) == leen.id
    send(client, PAGE, {"_method": "DELETE"}, 303)
    assert absences.own(actor(moderator)) is None
    sign_in(client, leen)
    read(client, PAGE, 403)


def test_the_page_of_an_absence_says_who_is_the_deputy_of_each_space(
    client, gent, leen, moderator, count_queries
):
    sign_in(client, moderator)
    change = f'href="/spaces/{gent.slug}/moderation/deputy"'
    page = read(client, PAGE)
    assert ("No deputy" in page, change in page, leen.name in page) == (True, True, False)
    with count_queries() as one:
        read(client, PAGE)
    deputies.name(actor(moderator), gent.id, handle=leen.handle)
    join(moderator, make_space("Genk", city="genk"), role=Role.MODERATOR)
    elsewhere = make_space("Aalst")
    deputies.name(actor(make_member("Els", space=elsewhere, role=Role.MODERATOR)), elsewhere.id,
                  handle=make_member("Mia", space=elsewhere).handle)  # fmt: skip
    db.session.commit()
    page = read(client, PAGE)
    assert (
        f"Deputy: {leen.name}" in page.replace("\u2068", "").replace("\u2069", ""),
        page.count("No deputy"),
    ) == (True, 1)
    assert ("Aalst" in page, "Mia" in page) == (False, False)
    with count_queries() as two:
        read(client, PAGE)
    assert two.count <= one.count


def test_moderators_see_who_is_away_and_nobody_else_does(client, gent, leen, moderator):
    second = make_member("Wout", space=gent, role=Role.MODERATOR)
    make_thread(gent, leen)
    absences.say(actor(second), Days(days.today(), days.today() + timedelta(days=3)))
    sign_in(client, moderator)
    assert "Who is away" in read(client, f"/spaces/{gent.slug}/moderation")
    for who in (leen, None):
        if who is not None:
            sign_in(client, who)
        for path in (f"/spaces/{gent.slug}", f"/spaces/{gent.slug}/members"):
            shown = client.get(path, headers=ENGLISH).text
            assert not [words for words in ("is away", "are away", "up to and including") if words in shown]


def test_a_deputy_finds_what_waits_and_decides_it(client, gent, leen, moderator):
    today = days.today()
    absences.say(actor(moderator), Days(today, today + timedelta(days=3)), named={gent.id: leen.handle})
    kim = make_member("Kim", space=gent)
    post = make_post(make_thread(gent, kim), kim, "Jan drinks.")
    post_reports.report(actor(moderator), post.id, Said(ReportReason.IDENTIFIES, "", ""))
    post_reports.report(actor(make_member("Noor", space=gent)), post.id, Said(ReportReason.WRONG, "", ""))
    db.session.commit()
    sign_in(client, leen)
    assert "1 thing waits" in read(client, "/deputy")
    page = read(client, f"/spaces/{gent.slug}/reports")
    assert "All moderators of this space are away" in page
    assert "Jan drinks." in page
    moderator.suspended_at = clock.now()
    db.session.commit()
    page = read(client, f"/spaces/{gent.slug}/reports")
    assert "Nobody moderates this space at the moment" in page
    assert "Jan drinks." in page
    read(client, f"/posts/{post.id}/settlement")
    for path in ("", "/held", "/posts", "/log"):
        answer = client.get(f"/spaces/{gent.slug}/moderation{path}", headers=ENGLISH)
        assert answer.status_code in (200, 403), path
        assert "Jan drinks." not in answer.text
    send(
        client,
        f"/posts/{post.id}/settlement",
        {"outcome": "hidden", "reason": "Who it is.", "rule": "none"},
        303,
    )
    assert "Nothing waits for you here" in read(client, f"/spaces/{gent.slug}/reports")


def test_the_only_moderator_names_another_in_the_form_of_roles(client, gent, leen, moderator):
    sign_in(client, moderator)
    path = f"/spaces/{gent.slug}/members/{moderator.id}/role"
    assert 'name="handle"' in read(client, f"/spaces/{gent.slug}/members")
    page = send(client, path, {"role": "guest", "handle": "@nobody"}, 422)
    assert 'value="@nobody"' in page
    assert 'value="guest" selected' in page
    assert f'id="handle-{moderator.id}-error"' in page
    assert actor(moderator).roles[gent.id] == Role.MODERATOR
    send(client, path, {"role": "member", "handle": f" @{leen.handle} "}, 303)
    assert actor(moderator).roles[gent.id] == Role.MEMBER
    assert actor(leen).roles[gent.id] == Role.MODERATOR


def test_one_of_two_is_not_asked_and_makes_nobody_a_moderator(client, gent, leen, moderator):
    make_member("Wout", space=gent, role=Role.MODERATOR)
    sign_in(client, moderator)
    assert 'name="handle"' not in read(client, f"/spaces/{gent.slug}/members")
    path = f"/spaces/{gent.slug}/members/{moderator.id}/role"
    send(client, path, {"role": "member", "handle": leen.handle}, 303)
    assert actor(leen).roles[gent.id] == Role.MEMBER


def test_an_administrator_finds_spaces_without_a_moderator_and_names_one(
    client, gent, leen, moderator, count_queries
):
    admin = make_member("Adem", network_role=NetworkRole.ADMIN)
    elsewhere = make_member("Els", space=make_space("Genk", city="genk"))
    sign_in(client, admin)
    with count_queries() as few:
        assert "Genk" in read(client, "/admin/spaces")
    assert "Gent" not in read(client, "/admin/spaces")
    assert "1 space has no moderator now" in read(client, "/admin/system")
    path = f"/admin/spaces/{gent.id}/moderator"
    send(client, path, {"handle": leen.handle}, 409)
    moderator.suspended_at = clock.now()
    for number in range(8):
        make_space(f"Space {number}")
    db.session.commit()
    assert "10 spaces have no moderator now" in read(client, "/admin/system")
    with count_queries() as many:
        assert "Gent" in read(client, "/admin/spaces")
    assert many.count <= few.count + 1
    page = read(client, "/admin/spaces")
    assert f'<option value="@{leen.handle}">{leen.name}</option>' in page
    assert page.count("<option") == 2, (
        "the members of a space for that space alone, not who moderates or moderated it"
    )
    for handle in ("", "nobody", elsewhere.handle, admin.handle):
        page = send(client, path, {"handle": handle}, 422)
        assert f'id="handle-{gent.id}-error"' in page
    send(client, path, {"handle": f"@{leen.handle}"}, 303)
    assert actor(leen).roles[gent.id] == Role.MODERATOR
    assert ">Gent<" not in read(client, "/admin/spaces")
    for who in (elsewhere, leen):
        sign_in(client, who)
        read(client, "/admin/spaces", 403)
        send(client, path, {"handle": leen.handle}, 403)


def test_an_administrator_hears_where_something_waits_for_nobody_and_its_author_too(
    client, gent, leen, moderator, count_queries
):
    admin = make_member("Adem", network_role=NetworkRole.ADMIN)
    deputies.name(actor(moderator), gent.id, handle=leen.handle)
    post = make_post(make_thread(gent, moderator), leen, "My neighbour Jan.")
    db.session.commit()
    sign_in(client, admin)
    with count_queries() as none:
        assert "Something waits for somebody else" not in read(client, "/admin/spaces")
    hiding.hide(actor(moderator), post.id, reason="A name.")
    objections.make(actor(leen), post.id, words="It is a street.")
    db.session.commit()
    sign_in(client, leen)
    page = read(client, f"/posts/{post.id}/objection")
    assert "nobody other than the person who hid it can look at it yet" in page
    assert "The administrators of the network see that nobody is there for it" in page
    sign_in(client, admin)
    with count_queries() as one:
        page = read(client, "/admin/spaces")
    assert one.count <= none.count + 1
    assert "Something waits for somebody else" in page
    assert "1 thing waits" in page
    assert [words for words in ("Jan", "street", "A name", "Leen", moderator.name) if words in page] == []
    assert "In 1 space something waits that nobody there may look at" in read(client, "/admin/system")
    noor = make_member("Noor", space=gent)
    db.session.commit()
    page = read(client, "/admin/spaces")
    assert (f'"@{noor.handle}"' in page, f'"@{leen.handle}"' in page) == (True, False), (
        "the deputy may not look at it"
    )
    path = f"/admin/spaces/{gent.id}/moderator"
    assert f'id="handle-{gent.id}-error"' in send(client, path, {"handle": "@nobody"}, 422)
    send(client, path, {"handle": noor.handle}, 303)
    assert "Something waits for somebody else" not in read(client, "/admin/spaces")
    send(client, path, {"handle": leen.handle}, 409)
    sign_in(client, leen)
    assert "within five working days" in read(client, f"/posts/{post.id}/objection")


def test_a_deputy_reads_at_home_until_when_they_stand_in_and_an_administrator_where_nobody_is(
    client, gent, leen, moderator
):
    admin = make_member("Adem", network_role=NetworkRole.ADMIN)
    deputies.name(actor(moderator), gent.id, handle=leen.handle)
    make_space("Genk", city="genk")
    with clock.at(clock.now() - timedelta(hours=25)):
        calendar.look_at_spaces()
    today = days.today()
    absences.say(actor(moderator), Days(today, today + timedelta(days=6)))
    calendar.look_at_spaces()
    react()
    sign_in(client, leen)
    page = read(client, "/notifications?show=unread")
    assert "All moderators are away from" in page
    assert "you stand in for them" in page
    assert f'href="/spaces/{gent.slug}/reports"' in page
    assert "Until then you settle what is reported" in read(client, f"/spaces/{gent.slug}/reports")
    assert "you stand in for them" not in read(client, "/notifications?show=unread")
    assert "you stand in for them" in read(client, "/notifications")
    sign_in(client, admin)
    page = read(client, "/notifications?show=unread")
    assert "For a day there was nobody for the moderation of a space" in page
    assert page.count('href="/admin/spaces"') >= 1
    read(client, "/admin/spaces")
    assert "nobody for the moderation" not in read(client, "/notifications?show=unread")
    sign_in(client, moderator)
    for sentence in ("stand in", "nobody for the moderation"):
        assert sentence not in read(client, "/notifications")


def test_the_author_of_what_waits_is_promised_a_day_only_while_somebody_may_look_at_it(
    client, gent, leen, moderator
):
    deputies.name(actor(moderator), gent.id, handle=leen.handle)
    kim = make_member("Kim", space=gent)
    thread = make_thread(gent, moderator)
    choosing.choose(actor(moderator), gent.id, Choice(everybody_until=days.today() + timedelta(days=30)))
    held = {}
    for who in (leen, kim):
        key = str(uuid.uuid4())
        held[who] = sending.reply(actor(who), thread.id, body="With us too.", idempotency_key=key)

    def page(who):
        sign_in(client, who)
        return read(client, f"/waiting-posts/{held[who].id}")

    assert "That is promised for today" in page(leen)
    absences.say(actor(moderator), Days(days.today(), days.today() + timedelta(days=6)))
    db.session.commit()
    assert "That is promised for today" in page(kim), "the deputy looks at it"
    shown = page(leen)
    assert "promised" not in shown
    assert "It can take some days until somebody may look at it" in shown


def test_what_a_deputy_hid_is_not_said_to_be_hidden_by_a_moderator(client, gent, leen, moderator):
    deputies.name(actor(moderator), gent.id, handle=leen.handle)
    bart = make_member("Bart", space=gent, locale="en")
    thread = make_thread(gent, moderator)
    post = make_post(thread, bart, "My neighbour Jan.")
    post_reports.report(actor(make_member("Kim", space=gent)), post.id, Said(ReportReason.IDENTIFIES))
    absences.say(actor(moderator), Days(days.today(), days.today()))
    settling.settle(actor(leen), post.id, Verdict(ReportOutcome.HIDDEN, "It is a name."))
    react()
    query = select(OutgoingMail).where(OutgoingMail.kind == "post_hidden")
    with clock.at(clock.now() + timedelta(minutes=11)):
        message = letters.letter_for(db.session.scalars(query).one()).message
    plain, _html = parts(message)
    assert message["Subject"] == "What you wrote was hidden"
    assert "or its deputy in their place" in " ".join(plain.split())
    sign_in(client, bart)
    shown = read(client, f"/threads/{thread.id}-{thread.slug}")
    assert "This post is hidden. Reason: It is a name." in re.sub("<[^>]+>", "", shown).replace("  ", " ")
    for words in (plain, shown):
        assert "a moderator hid" not in words.lower()
        assert "hidden by a moderator" not in words.lower()
