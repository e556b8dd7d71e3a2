"""What waits at home: each line for whom it concerns, leading to where it is done; bounded, and at the same cost."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from forum.domain.consents import closing, rounds, store
from forum.domain.moderation import post_reports, settling
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.domain.people import affirmations, capacities
from forum.domain.spaces import confirmations
from forum.domain.threads import posts
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import event_processing
from forum.models.accounts import Body, Capacity, Level, NetworkRole
from forum.models.post_reports import ReportOutcome, ReportReason
from forum.models.spaces import Audience, JoinRequest, Role
from forum.models.threads import Post
from tests import lesson_scenario
from tests.consent_scenario import build
from tests.factories import LONG_AGO, actor, make_member, make_space, make_thread, sign_in

ENGLISH = {"Accept-Language": "en"}
ROWS = re.compile(r'<ul class="tasks">(.*?)</ul>', re.DOTALL)


@pytest.fixture
def home(client):
    """`home(member)`: what waits for them, as they read it; "" when nothing does."""

    def read(member):
        db.session.commit()
        browser = client.application.test_client()
        if member is not None:
            sign_in(browser, member)
        return "".join(ROWS.findall(browser.get("/", headers=ENGLISH).text))

    return read


@pytest.mark.both_databases
def test_a_question_waits_for_its_author_alone_and_its_closing_for_the_makers(home):
    scenario = build()
    amina, curator = scenario.authors["Amina"], scenario.curator
    opened = scenario.ask()
    address = f'href="/consents/{scenario.request("Amina").id}"'
    assert address in home(amina)
    assert "Cas asks whether a lesson may quote 1 excerpt of yours." in home(amina)
    before = home(curator)
    for other in (None, curator, *scenario.others.values(), scenario.authors["Bart"]):
        assert address not in home(other)
    scenario.say("Amina", "no")
    assert address not in home(amina)
    assert home(curator) == before, "nothing is told before the closing"
    scenario.close(opened)
    page = f'href="/workbench/{scenario.lesson.id}/permission"'
    second = scenario.others["second"]
    assert page in home(curator)
    assert page not in home(second), "who has it in hand looks"
    scenario.lesson.held_until = days.today()
    assert page in home(second), "who may take it over"
    scenario.lesson.held_until, scenario.lesson.deputy_id = days.today() + timedelta(days=9), second.id
    assert page in home(second), "the deputy"
    for other in (amina, scenario.authors["Bart"], scenario.others["reviewer"]):
        assert page not in home(other)
        assert "/consents/" not in home(other)
    rounds.look(actor(curator), scenario.lesson.id)
    assert page not in home(curator)


def test_a_lesson_without_words_waits_for_who_can_mend_it(home):
    scenario = lesson_scenario.build()
    lesson = scenario.published(Audience.NETWORK)
    lesson.weakened_at = clock.now()
    editor = make_member("Els", network_role=NetworkRole.EDITOR)
    reader = make_member("Rik", space=make_space("Genk", city="genk"))
    for who in (scenario.curator, editor):
        assert f'href="/lessons/{lesson.public_id}' in home(who)
        assert ("Mend the lesson" in home(who)) == (who is scenario.curator), (
            "an editor makes no new version there"
        )
    assert "only the moderators of its space can make a new version" in home(editor)
    assert scenario.space.name not in home(editor), "a masked lesson keeps its space to itself"
    assert lesson.public_id not in home(reader)


def test_the_reason_of_a_refusal_waits_at_home_until_something_else_is_added(home, gent):
    wouter, noor = make_member("Wouter", space=gent, role=Role.MODERATOR), make_member("Noor", space=gent)
    common = {"level": Level.FIELD, "body": Body.CITY, "city": "gent", "starts_on": LONG_AGO.date()}
    held = capacities.add(noor.id, function="mayor", **common)
    confirmations.refuse(actor(wouter), held.id, reason="Our mayor is somebody else.")
    assert "The reason: Our mayor is somebody else." in home(noor)
    assert "Our mayor" not in home(wouter)
    with clock.at(clock.now() + capacities.TOLD):
        assert "Our mayor" not in home(noor)
    with clock.at(clock.now() + timedelta(days=1)):
        assert "Our mayor" in home(noor)
        capacities.add(noor.id, function="clerk", **common)
        assert "Our mayor" not in home(noor)


def test_capacities_wait_for_who_may_confirm_them_and_once_a_year_for_oneself(home, gent):
    moderator = make_member("Wouter", space=gent, role=Role.MODERATOR)
    admin = make_member("Bas", network_role=NetworkRole.ADMIN)
    noor = make_member("Noor", space=gent)
    db.session.execute(delete(Capacity).where(Capacity.member_id == noor.id))
    for city in ("gent", "genk"):
        capacities.add(
            noor.id, function="coach", level=Level.FIELD, body="city", city=city, starts_on=clock.now().date()
        )
    assert f"1 capacity waits to be confirmed in {gent.name}" in home(moderator)
    assert f'href="/spaces/{gent.slug}/members#capacities"' in home(moderator)
    assert "no space can confirm" not in home(moderator)
    assert 'href="/admin/capacities"' in home(admin), "Genk has no space"
    assert "capacity waits" not in home(noor)
    for line in db.session.query(Capacity).where(Capacity.member_id == noor.id, Capacity.city == "gent"):
        confirmations.confirm(actor(moderator), line.id)
    assert "capacity waits" not in home(moderator)
    with clock.at(clock.now() + timedelta(days=366)):
        assert "Is your capacity still right?" in home(noor)
        affirmations.affirm(actor(noor), affirmations.due(noor.id)[0].id)
        assert "Is your capacity still right?" not in home(noor)


def test_it_is_bounded_with_a_way_to_all_and_costs_the_same(client, home, count_queries):
    scenario = build(("Amina",))
    sofie = scenario.curator
    more = ("All questions about your text", "All drafts of your spaces", "More people ask to join")

    def asked(number):
        for _turn in range(number):
            own, closed = build(("Amina",)), build(("Amina",))
            own.ask()
            own.request("Amina").author_id = sofie.id
            closing.close(store.locked(closed.ask().id), at=clock.now())
            closed.lesson.space_id, closed.lesson.curator_id = scenario.space.id, sofie.id
            karim = make_member("Karim")
            request = JoinRequest(space_id=scenario.space.id, member_id=karim.id, asked_at=clock.now())
            db.session.add(request)

    def cost():
        home(sofie)
        with count_queries() as seen:
            shown = home(sofie)
        return seen.count, shown

    asked(2)
    few, shown = cost()
    assert [text for text in more if text in shown] == []
    assert shown.count("asks whether") == 2
    asked(3)
    many, shown = cost()
    assert [text for text in more if text in shown] == list(more)
    in_order = ("asks whether", "See what came of it", "asks to join")
    assert {shown.count(text) for text in in_order} == {3}
    assert few == many
    assert sorted(in_order, key=shown.index) == list(in_order)
    sign_in(client, sofie)
    page = client.get("/workbench", headers=ENGLISH).text
    assert page.count("See what came of it") == 5


@pytest.mark.both_databases
def test_a_change_that_was_asked_waits_for_its_author_read_or_not_until_it_is_made(home, client):
    space = make_space("Gent", city="gent")
    els = make_member("Els", space=space, role=Role.MODERATOR)
    bart, noor = make_member("Bart", space=space), make_member("Noor", space=space)
    thread = make_thread(space, bart, title="A story of a street")
    post = db.session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
    sentence, address = (
        "You are asked to change your post in “A story of a street”",
        f"/posts/{post.id}/request",
    )
    with clock.at(clock.now() - timedelta(minutes=11)):
        post_reports.report(actor(noor), post.id, Said(ReportReason.IDENTIFIES))
        settling.settle(actor(els), post.id, Verdict(ReportOutcome.ASKED, "His name is in it."))
        event_processing.process_due()
        assert sentence not in home(bart), "it can still be undone"
    assert home(bart).count(address) == 1, "said once, not as a notice too"
    browser = client.application.test_client()
    sign_in(browser, bart)
    assert "His name is in it." in browser.get(address).text
    assert sentence in home(bart), "read, it is still to be done"
    for other in (els, noor, None):
        assert address not in home(other)
    with clock.at(clock.now() + timedelta(days=15)):
        assert sentence not in home(bart)
    posts.edit(actor(bart), post.id, body="Without a name.", seen_revision=1)
    assert sentence not in home(bart)
