"""Other words for what somebody does: what was written keeps its chance, what was confirmed its words."""

from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import delete, select

from forum.domain.lessons import reports
from forum.domain.people import capacities, profiles
from forum.domain.spaces import confirmations, join_requests
from forum.domain.threads import threads
from forum.infra import clock, rates
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level, Member
from forum.models.adoptions import AdoptionOutcome, AdoptionReport
from forum.models.spaces import JoinRequest, Role, Space
from forum.models.threads import Post
from forum.policy.actors import actor_of
from forum.policy.errors import Conflict, Invalid
from tests.factories import actor, make_member, make_space, make_thread
from tests.lesson_scenario import build

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def hold(member, function="coahc", *, city="gent"):
    """A capacity of Gent that waits."""
    common = {"level": Level.FIELD, "body": Body.CITY, "starts_on": date(2025, 1, 1)}
    return capacities.add(member.id, function=function, city=city, **common)


@pytest.fixture
def people(session):
    """Noor, who speaks as nothing yet, and a moderator of Gent."""
    with clock.at(NOON):
        gent = make_space("Gent", city="gent")
        noor, wouter = make_member("Noor", space=gent), make_member("Wouter", space=gent, role=Role.MODERATOR)
        db.session.execute(delete(Capacity).where(Capacity.member_id == noor.id))
        yield noor, wouter


def said_as(member):
    """The function beside each post of a member, and whether it counts."""
    query = select(Post, Capacity).join(Capacity, Capacity.id == Post.capacity_id)
    rows = db.session.execute(query.where(Post.author_id == member.id).order_by(Post.created_at, Post.id))
    return [(row.function, capacities.counted(row, post.created_at)) for post, row in rows]


def write(member, key):
    """A post of a member in the thread of somebody else."""
    space_id = next(iter(actor(member).roles))
    space = db.session.get_one(Space, space_id)
    thread = make_thread(space, make_member(f"Asker {key}"))
    return threads.reply(actor(member), thread.id, body="We did.", idempotency_key=key)


def test_what_was_written_under_a_typo_counts_once_the_right_words_are_confirmed(people):
    noor, wouter = people
    typo, lesson = hold(noor), build().published()
    write(noor, "one")
    reports.record(
        lesson.id, city="gent", reporter_id=noor.id, outcome=AdoptionOutcome.WORKED, reported_on=NOON.date()
    )
    right = profiles.reword_capacity(actor(noor), typo.id, function="coach")
    assert said_as(noor) == [("coach", False)]
    with pytest.raises(
        Conflict
    ):  # whoever looks at the page of before confirms no other words than it showed
        confirmations.confirm(actor(wouter), typo.id)
    confirmations.confirm(actor(wouter), right.id)
    db.session.expire_all()
    assert said_as(noor) == [("coach", True)]
    report = db.session.scalars(select(AdoptionReport).where(AdoptionReport.reporter_id == noor.id)).one()
    assert report.capacity_id == right.id
    mayor = profiles.reword_capacity(actor(noor), right.id, function="mayor")
    write(noor, "two")
    assert said_as(noor) == [("coach", True)] * 2, "and what is confirmed turns into nothing else"
    assert (mayor.confirmed_at, right.ends_on, right.function) == (None, None, "coach")


def test_what_counted_before_there_was_confirmation_keeps_its_words(people):
    noor, _wouter = people
    held = hold(noor)
    write(noor, "before")
    held.counts_until = NOON + DAY
    with clock.at(NOON + 2 * DAY):
        write(noor, "after")
        profiles.reword_capacity(actor(noor), held.id, function="coach")
    assert said_as(noor) == [("coahc", True), ("coach", False)]


def test_what_waits_never_counts_by_words_that_are_confirmed_already(people):
    noor, wouter = people
    first, other = hold(noor, "coach"), hold(noor, "guide")
    write(noor, "one")
    confirmations.confirm(actor(wouter), first.id)
    assert said_as(noor) == [("guide", False)]
    assert profiles.reword_capacity(actor(noor), other.id, function="coach") is first
    assert (said_as(noor), other.ends_on) == ([("guide", False)], None)
    confirmations.confirm(actor(wouter), other.id)
    assert said_as(noor) == [("guide", True)], "somebody can confirm it still"


def test_correcting_often_leaves_room_and_has_an_end(app, people, monkeypatch):
    noor, wouter = people
    held = hold(noor)
    for number in range(14):
        held = profiles.reword_capacity(actor(noor), held.id, function=f"coach {number}")
    assert [one.function for one in profiles.capacities_of(actor(noor)) if one.ends_on is None] == [
        "coach 13"
    ]
    for number in range(11):
        hold(noor, f"guide {number}")
    confirmed = profiles.reword_capacity(actor(noor), held.id, function="coach")
    confirmations.confirm(actor(wouter), confirmed.id)
    with pytest.raises(Invalid) as refused:
        profiles.reword_capacity(actor(noor), confirmed.id, function="one too many")
    assert refused.value.field == "function"
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(profiles, "MOST_ADDED", "2 per day")
    rates.reset()
    waits = next(one for one in profiles.capacities_of(actor(noor)) if one.function == "guide 0")
    for words in ("poet", "poet", "painter"):  # the same words change nothing, so nothing is counted
        waits = profiles.reword_capacity(actor(noor), waits.id, function=words)
    with pytest.raises(rates.TooOften):
        profiles.reword_capacity(actor(noor), waits.id, function="singer")
    rates.reset()


@pytest.mark.live
def test_letting_somebody_in_and_their_correction_wait_for_each_other(live_app):
    with live_app.app_context():
        gent = make_space("Gent", city="gent")
        wouter = make_member("Wouter", space=gent, role=Role.MODERATOR)
        noor = make_member("Noor", approved_at=None)
        held = hold(noor)
        db.session.add(JoinRequest(space_id=gent.id, member_id=noor.id, message="", asked_at=clock.now()))
        db.session.commit()
        ids = {"gent": gent.id, "wouter": wouter.id, "noor": noor.id, "held": held.id}
        db.session.remove()
    begun, said = Event(), []

    def correct():
        with live_app.app_context():
            who = actor_of(ids["noor"])
            db.session.rollback()
            begun.set()
            profiles.reword_capacity(who, ids["held"], function="coach")
            db.session.commit()
            said.append("coach")
            db.session.remove()

    at_once = Thread(target=correct)
    with live_app.app_context():
        moderator = actor_of(ids["wouter"])
        request = db.session.scalars(select(JoinRequest)).one()
        join_requests.answer(moderator, request.id, role=Role.MEMBER)
        at_once.start()
        begun.wait(5)
        at_once.join(0.3)  # it waits for the answer, which goes on
        assert confirmations.confirm_let_in(moderator, ids["noor"], ids["gent"], capacity_id=ids["held"])
        db.session.commit()
        at_once.join(10)
        rows = {
            one.function: one.confirmed_at is not None
            for one in db.session.scalars(
                select(Capacity).where(Capacity.member_id == ids["noor"], Capacity.city == "gent")
            )
        }
        assert (said, rows["coahc"], rows["coach"]) == (["coach"], True, False)
        assert db.session.get_one(Member, ids["noor"]).approved_at is not None
