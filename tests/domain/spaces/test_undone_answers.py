"""Answers of the desk that are taken back: nobody hears of them, and everything is as it was."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from forum.domain.moderation import undo
from forum.domain.people import capacities
from forum.domain.spaces import confirmations, invitations, join_requests
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import worker
from forum.models.accounts import Body, Capacity, Level, Member
from forum.models.mail import MailState, OutgoingMail
from forum.models.notifications import Notification
from forum.models.spaces import JoinRequest, Membership, Role
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict
from tests.factories import (
    actor,
    ask_for_access,
    confirm_access,
    make_member,
    make_post,
    make_space,
    make_thread,
)

pytestmark = pytest.mark.both_databases
OVER = timedelta(minutes=11)


@pytest.fixture
def gent(session):
    """Gent, with a moderator."""
    space = make_space("Gent", city="gent")
    return space, actor(make_member("Wouter", space=space, role=Role.MODERATOR))


def told(member_id):
    """What a member was told of, and the letters to them that left, without those of their account."""
    notices = db.session.scalars(select(Notification.kind).where(Notification.member_id == member_id)).all()
    sent = OutgoingMail.state == MailState.SENT
    letters = select(OutgoingMail.kind).where(OutgoingMail.member_id == member_id, sent)
    kinds = [kind for kind in db.session.scalars(letters) if kind.startswith(("join", "capacity"))]
    return sorted(notices), sorted(kinds)


def run():
    """Let the worker do what there is."""
    db.session.commit()
    worker.run_until_idle()
    db.session.expire_all()


def last_act():
    return db.session.scalars(select(UndoableAct).order_by(UndoableAct.id.desc()).limit(1)).one()


def test_who_is_let_in_hears_of_it_after_ten_minutes_and_never_where_it_is_undone(gent):
    _space, wouter = gent
    karim = confirm_access(ask_for_access())
    request = db.session.scalars(select(JoinRequest)).one()
    join_requests.answer(wouter, request.id, role=Role.MEMBER, with_undo=True)
    run()
    assert told(karim.id)[1] == []
    undo.undo(wouter, last_act().id)
    with clock.at(clock.now() + OVER):
        run()
    assert told(karim.id) == ([], [])
    assert db.session.scalars(select(Membership).where(Membership.member_id == karim.id)).all() == []
    assert (db.session.get_one(Member, karim.id).approved_at, request.answered_at) == (None, None)
    join_requests.answer(wouter, request.id, role=Role.MEMBER, with_undo=True)
    run()
    with clock.at(clock.now() + OVER):
        run()
        assert told(karim.id) == (["join_answered"], ["join_answered"])
        with pytest.raises(Conflict):
            undo.undo(wouter, last_act().id)


def test_nothing_is_taken_back_of_who_did_something_since_nor_where_more_changed(gent):
    space, wouter = gent
    lotte = make_member("Lotte", space=make_space("Aalst", city="aalst"))
    asked = join_requests.request_to_join(actor(lotte), space.id)
    join_requests.answer(wouter, asked.id, role=Role.MEMBER, with_undo=True)
    make_post(make_thread(space, lotte), lotte)
    db.session.commit()
    with pytest.raises(Conflict):
        undo.undo(wouter, last_act().id)
    db.session.rollback()
    ann = make_member("Ann", space=make_space("Brugge", city="brugge"))
    asked = join_requests.request_to_join(actor(ann), space.id)
    invitations.invite(wouter, space.id, email=ann.email, role=Role.GUEST, locale="nl")
    before = db.session.scalars(select(UndoableAct.id)).all()
    join_requests.answer(wouter, asked.id, role=Role.MEMBER, with_undo=True)
    assert db.session.scalars(select(UndoableAct.id)).all() == before, "her invitation ended with it"


def test_a_capacity_waits_again_as_if_nobody_had_looked(gent):
    space, wouter = gent
    tine = make_member("Tine", space=space)
    held = {"function": "social worker", "level": Level.FIELD, "body": Body.OCMW, "city": "gent"}
    waits = capacities.add(tine.id, starts_on=date(2025, 1, 1), **held).id
    confirmations.confirm(wouter, waits, with_undo=True)
    run()
    assert told(tine.id)[1] == []
    undo.undo(wouter, last_act().id)
    confirmations.refuse(wouter, waits, reason="Who is this?", with_undo=True)
    undo.undo(wouter, last_act().id)
    with clock.at(clock.now() + OVER):
        run()
    assert told(tine.id) == ([], [])
    capacity = db.session.get_one(Capacity, waits)
    assert (capacity.confirmed_at, capacity.refused_at, capacity.refused_reason) == (None, None, "")
