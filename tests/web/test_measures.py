"""The page of a person in a space: warned, held, muted and removed there, undone; and what that person reads."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.spaces import measures
from forum.domain.spaces.measures import Decision
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.measures import MeasureKind, SpaceMeasure
from forum.models.spaces import Role
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in, submit

ENGLISH = "?lang=en"


@pytest.fixture
def noor(gent):
    return make_member("Noor", space=gent)


@pytest.fixture
def as_(client):
    """`as_(member)` signs in; returns the client."""

    def become(member):
        db.session.commit()
        sign_in(client, member)
        return client

    return become


def rows():
    db.session.expire_all()
    return db.session.scalars(select(SpaceMeasure).order_by(SpaceMeasure.id)).all()


def test_a_moderator_finds_the_page_from_the_list_and_from_a_post_and_others_do_not(
    as_, gent, leen, moderator, noor
):
    post = make_post(make_thread(gent, leen), noor)
    page = f"/spaces/{gent.slug}/moderation/people/{noor.id}"
    client = as_(moderator)
    assert page in client.get(f"/spaces/{gent.slug}/members").text
    assert f"/posts/{post.id}/author" in client.get(f"/threads/{post.thread_id}", follow_redirects=True).text
    assert client.get(f"/posts/{post.id}/author").location == page
    assert "Noor" in client.get(page).text
    assert f"/spaces/{gent.slug}/moderation/log" in client.get(page).text
    assert client.get(f"/spaces/{gent.slug}/moderation/people/{moderator.id}").status_code == 403
    assert client.get(f"/spaces/{gent.slug}/moderation/people/{noor.id + 1000}").status_code == 404
    for who in (leen, noor):
        assert as_(who).get(page).status_code == 403
        assert as_(who).get(f"/posts/{post.id}/author").status_code == 403


def test_each_decision_is_sent_and_a_form_that_is_refused_keeps_what_was_typed(as_, gent, moderator, noor):
    page, client = f"/spaces/{gent.slug}/moderation/people/{noor.id}", as_(moderator)
    refused = submit(client, f"{page}/mute", {"reason": "Noisy today", "length": "day", "last_day": ""})
    assert refused.status_code == 422
    assert "Noisy today" in refused.text
    assert submit(client, f"{page}/warn", {"reason": " "}).status_code == 422
    assert submit(client, f"{page}/remove", {"reason": "x"}).status_code == 404
    assert rows() == []
    for kind, sent in (
        ("warn", {"reason": "Be kind."}),
        ("hold", {"reason": "We look first.", "length": ""}),
        ("mute", {"reason": "Calm down.", "length": "7"}),
    ):
        assert submit(client, f"{page}/{kind}", sent).location == page
    found = [(one.kind, one.reason, one.last_day) for one in rows()]
    assert found == [
        (MeasureKind.WARN, "Be kind.", None),
        (MeasureKind.HOLD, "We look first.", None),
        (MeasureKind.MUTE, "Calm down.", days.today() + timedelta(days=7)),
    ]
    shown = client.get(page).text
    assert shown.count("/undo/") == 2
    submit(client, f"/undo/{rows()[1].act_id}", {})
    assert rows()[1].undone_at is not None
    submit(client, f"{page}/measures/{rows()[2].id}", {"_method": "DELETE"})
    assert rows()[2].ended_at is not None
    submit(client, f"{page}/notes", {"words": "Rang her."})
    assert "Rang her." in client.get(page).text


def test_a_choice_of_days_says_on_which_day_and_at_which_hour_it_ends(as_, gent, moderator, noor):
    page, client = f"/spaces/{gent.slug}/moderation/people/{noor.id}", as_(moderator)
    shown = client.get(f"{page}{ENGLISH}").text
    ends = {number: (days.today() + timedelta(days=number)) for number in (1, 7)}
    for label in (f"Until tomorrow, {ends[1]:%-d %B %Y}, 24:00", f"7 days: until {ends[7]:%-d %B %Y}, 24:00"):
        assert shown.count(label) == 2, "to let posts wait, and to mute"
    submit(client, f"{page}/mute", {"reason": "Calm down.", "length": "1"})
    for later, is_muted in ((timedelta(minutes=-1), True), (timedelta(minutes=1), False)):
        with clock.at(days.end_of(ends[1]) + later):
            assert (gent.id in actor(noor).muted) == is_muted


def test_who_is_muted_reads_why_at_the_form_and_on_their_page_and_objects(as_, gent, leen, moderator, noor):
    thread = make_thread(gent, leen)
    make_member("Mo", space=gent, role=Role.MODERATOR)
    last_day = days.today() + timedelta(days=5)
    with clock.at(clock.now() - timedelta(hours=1)):
        measure = measures.take(
            actor(moderator), gent.id, noor.id, Decision(MeasureKind.MUTE, "Verheven toon.", last_day)
        )
    client = as_(noor)
    page = client.get(f"/threads/{thread.id}-{thread.slug}{ENGLISH}").text
    assert "you can read this space, and not write in it" in page
    assert 'name="body"' not in page
    sent = submit(client, f"/threads/{thread.id}/replies", {"body": "But!", "idempotency_key": "een"})
    assert sent.status_code == 403
    shown = client.get(f"/spaces/{gent.slug}/threads/new{ENGLISH}")
    assert shown.status_code == 403
    assert "you can read this space, and not write in it" in shown.text
    # Where the button at the bottom of a phone leads, whatever page it stands on.
    shown = client.get(f"/threads/new{ENGLISH}")
    assert shown.status_code == 200
    assert "You can read your spaces, and not write in them now." in shown.text
    assert f"up to and including {last_day.day} " in shown.text
    assert "/moderation/mine#decided" in shown.text
    mine = client.get(f"/moderation/mine{ENGLISH}").text
    assert "Verheven toon." in mine
    assert "Wouter" not in mine
    own = f"/moderation/mine/{measure.id}"
    assert submit(client, own, {"words": ""}).status_code == 422
    assert submit(client, own, {"words": "It was a joke."}).location == own
    shown = client.get(own).text
    assert "It was a joke." in shown
    assert "Wouter" not in shown
    assert as_(leen).get(own).status_code == 404


def test_an_objection_stands_on_the_desk_of_another_and_is_decided(as_, gent, moderator, noor):
    second = make_member("Mo", space=gent, role=Role.MODERATOR)
    tomorrow = days.today() + timedelta(days=1)
    with clock.at(clock.now() - timedelta(hours=1)):
        measure = measures.take(
            actor(moderator), gent.id, noor.id, Decision(MeasureKind.MUTE, "Loud.", tomorrow)
        )
    submit(as_(noor), f"/moderation/mine/{measure.id}", {"words": "It was a joke."})
    address = f"/moderation/objections/{measure.id}"
    assert as_(moderator).get(address).status_code == 403
    assert address not in as_(moderator).get("/desk").text
    client = as_(second)
    assert address in client.get("/desk").text
    assert address in client.get(f"/spaces/{gent.slug}/reports").text
    assert "It was a joke." in client.get(address).text
    assert submit(client, address, {"answer": ""}).status_code == 422
    assert submit(client, address, {"_method": "DELETE"}).status_code == 303
    assert rows()[0].ended_at is not None
    assert submit(client, address, {"answer": "Too late."}).status_code == 409


def test_a_removal_leads_to_where_it_can_be_undone_and_its_reason_is_read(as_, gent, moderator, noor):
    page = f"/spaces/{gent.slug}/moderation/people/{noor.id}"
    client = as_(moderator)
    sent = submit(
        client, f"/spaces/{gent.slug}/members/{noor.id}/membership",
        {"_method": "DELETE", "reason": "Werkt elders."},
    )  # fmt: skip
    assert sent.location == page
    assert f"/undo/{rows()[0].act_id}" in client.get(page).text
    assert "Werkt elders." in as_(noor).get("/moderation/mine").text
    submit(as_(moderator), f"/undo/{rows()[0].act_id}", {})
    assert gent.id in actor(noor).roles
    assert "Werkt elders." not in as_(noor).get("/moderation/mine").text


def test_who_is_muted_reads_why_at_once_in_the_place_of_the_button_to_write(as_, gent, leen, moderator, noor):
    thread = make_thread(gent, leen)
    share, space = "Share a story", f"/spaces/{gent.slug}{ENGLISH}"
    written = f'href="/spaces/{gent.slug}/threads/new'
    assert written in as_(noor).get(space).text
    measures.take(actor(moderator), gent.id, noor.id, Decision(MeasureKind.MUTE, "Calm down.", days.today()))
    client = as_(noor)
    page = client.get(space).text
    assert written not in page
    assert share not in page
    assert "you can read this space, and not write in it" in page
    assert "/moderation/mine#decided" in page
    assert "Calm down." in client.get(f"/moderation/mine{ENGLISH}").text
    assert share not in client.get(f"/{ENGLISH}").text
    assert "and not write in it" in client.get(f"/threads/{thread.id}{ENGLISH}", follow_redirects=True).text
    assert written in as_(leen).get(space).text


def test_who_is_muted_in_their_city_reads_that_what_they_write_goes_elsewhere(as_, gent, moderator, noor):
    square = make_space("Square")
    join(noor, square)
    client = as_(noor)
    said = "You cannot write in Gent up to and including"
    assert said not in client.get(f"/spaces/{square.slug}/threads/new{ENGLISH}").text
    measures.take(actor(moderator), gent.id, noor.id, Decision(MeasureKind.MUTE, "Calm down.", days.today()))
    page = as_(noor).get(f"/threads/new{ENGLISH}", follow_redirects=True).text
    assert said in page
    assert "This goes to Square." in page
    assert said not in as_(moderator).get(f"/spaces/{gent.slug}/threads/new{ENGLISH}").text
