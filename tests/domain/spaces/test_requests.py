"""A request is one person's for one space: what is counted, what is kept, and what a moderator may answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.domain.spaces import join_requests
from forum.infra import clock, rates, tokens
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.events import Event
from forum.models.spaces import Audience, JoinRequest, Membership, Role
from forum.policy.actors import actor_for
from forum.policy.errors import Conflict, Forbidden, Invalid
from tests.factories import actor, ask_for_access, make_member, make_space, make_thread

DAY = timedelta(days=1)
PLACE = "192.0.2.1"


@pytest.fixture
def karim(session):
    return make_member("Karim", space=make_space("Aalst", city="aalst"))


@pytest.fixture
def spent(monkeypatch):
    """What was counted, of whom and with which limit."""
    found = []
    monkeypatch.setattr(rates, "spend", lambda name, subject, *, limit: found.append((name, subject, limit)))
    return found


def told(name):
    return [event.payload for event in db.session.scalars(select(Event).where(Event.name == name))]


def test_a_request_that_is_wrong_is_not_counted_and_one_that_is_kept_is(gent, spent):
    for over in ({"email": "hanne"}, {"name": ""}, {"function": ""}, {"message": "x" * 501}):
        with pytest.raises(Invalid):
            ask_for_access(**over)
    assert spent == []
    account = f"account:{tokens.digest('hanne@city.test')}"
    ask_for_access(email="Hanne@City.test", address=PLACE)
    assert spent == [
        ("join", f"place:{PLACE}", "120 per hour"),
        ("join_here", f"{account}@{PLACE}", "3 per hour"),
        ("join_account", account, "10 per hour"),
    ]


def test_only_who_was_let_in_asks_for_one_more_space(gent, moderator):
    newcomer = make_member("New", approved_at=None)
    make_thread(gent, moderator, audience=Audience.PUBLIC)  # so that they may know of the space
    with pytest.raises(Forbidden):
        join_requests.request_to_join(actor_for(newcomer), gent.id)
    assert db.session.scalars(select(JoinRequest)).all() == []


def test_asking_again_while_it_waits_brings_a_new_message_and_counts_nothing(gent, karim, spent):
    start = clock.now()
    with clock.at(start):
        first = join_requests.request_to_join(actor(karim), gent.id)
    with clock.at(start + DAY):
        again = join_requests.request_to_join(actor(karim), gent.id, message="Please")
        join_requests.request_to_join(actor(karim), gent.id)
    assert again is first
    assert (first.message, first.asked_at) == ("Please", start)
    assert spent == [("request_to_join", f"member:{karim.id}", "10 per day")]
    assert told("join.requested") == [{"request_id": first.id}]


def test_asking_after_a_refusal_is_a_new_request_in_the_same_row(gent, moderator, karim):
    other = make_member("Hanne", space=make_space("Genk", city="genk"))
    theirs = join_requests.request_to_join(actor(other), gent.id, message="Theirs")
    first = join_requests.request_to_join(actor(karim), gent.id, message="Once")
    join_requests.answer(actor(moderator), first.id, role=None)
    with clock.at(clock.now() + DAY):
        again = join_requests.request_to_join(actor(karim), gent.id, message="Twice")
        assert (again.id, again.message, again.asked_at) == (first.id, "Twice", clock.now())
    assert (again.answered_at, again.answered_by_id, again.accepted) == (None, None, None)
    assert (theirs.message, theirs.member_id) == ("Theirs", other.id)
    assert [payload["request_id"] for payload in told("join.requested")] == [theirs.id, first.id, first.id]


def test_what_another_process_answered_is_seen(gent, moderator, karim):
    request = join_requests.request_to_join(actor(karim), gent.id, message="Once")
    answered = update(JoinRequest).values(answered_at=clock.now(), accepted=False)
    db.session.execute(answered.execution_options(synchronize_session=False))
    assert join_requests.request_to_join(actor(karim), gent.id, message="Twice").message == "Twice"
    assert request.answered_at is None


def test_an_answer_is_for_one_request_and_makes_nobody_a_moderator(gent, moderator, karim):
    request = join_requests.request_to_join(actor(karim), gent.id)
    other = join_requests.request_to_join(actor(make_member("Hanne", space=make_space("Genk"))), gent.id)
    with pytest.raises(Invalid) as refused:
        join_requests.answer(actor(moderator), request.id, role=Role.MODERATOR)
    assert (refused.value.field, request.answered_at) == ("role", None)
    approved = karim.approved_at
    with clock.at(clock.now()):
        join_requests.answer(actor(moderator), request.id, role=Role.GUEST)
        assert (request.answered_at, request.answered_by_id, request.accepted) == (
            clock.now(),
            moderator.id,
            True,
        )
    db.session.refresh(other)
    assert other.answered_at is None
    assert karim.approved_at == approved, "who was let in before keeps that day"
    assert actor(karim).roles[gent.id] == Role.GUEST
    held = select(Membership).where(Membership.member_id == karim.id, Membership.space_id == gent.id)
    assert db.session.scalars(held).one().granted_by_id == moderator.id
    with pytest.raises(Conflict):
        join_requests.answer(actor(moderator), request.id, role=None)


@pytest.mark.parametrize("change", [{"confirmed_at": None}, {"suspended_at": clock.now()}])
def test_an_account_that_is_not_in_use_is_not_let_in(gent, moderator, karim, change):
    request = join_requests.request_to_join(actor(karim), gent.id)
    changed = update(Member).where(Member.id == karim.id).values(**change)
    db.session.execute(changed.execution_options(synchronize_session=False))
    with pytest.raises(Conflict):
        join_requests.answer(actor(moderator), request.id, role=Role.MEMBER)
