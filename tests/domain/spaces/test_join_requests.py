"""Asking to come in: a moderator decides."""

import pytest
from sqlalchemy import select

from forum.domain.spaces import join_requests
from forum.infra import clock
from forum.infra.db import db
from forum.models.events import Event
from forum.models.spaces import JoinRequest, Membership, Role, SpaceKind
from forum.policy.errors import Conflict, Forbidden, NotFound
from tests.factories import actor, ask_for_access, confirm_access, join, make_member, make_space


def ask():
    """Ask for access and confirm the address."""
    return confirm_access(ask_for_access())


def told():
    return [(e.name, e.payload) for e in db.session.scalars(select(Event).order_by(Event.id))]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.GUEST])
def test_letting_in_approves_and_gives_the_role(gent, moderator, role):
    karim = ask()
    request = join_requests.of_space(actor(moderator), gent.id)[0]
    join_requests.answer(actor(moderator), request.id, role=role)
    assert actor(karim).roles == {gent.id: role}
    assert told()[-1] == ("join.answered", {"request_id": request.id})
    held = db.session.scalars(select(Membership).where(Membership.member_id == karim.id)).one()
    assert held.granted_by_id == moderator.id


def test_a_no_lets_nobody_in_and_the_first_answer_counts(gent, moderator):
    karim = ask()
    request = join_requests.of_space(actor(moderator), gent.id)[0]
    join_requests.answer(actor(moderator), request.id, role=None)
    assert karim.approved_at is None
    with pytest.raises(Conflict):
        join_requests.answer(actor(moderator), request.id, role=Role.MEMBER)
    assert actor(karim).roles == {}


def test_only_moderators_of_that_space_see_and_answer(gent, moderator):
    karim = ask()
    request_id = db.session.scalars(select(JoinRequest.id)).one()
    elsewhere = make_member("Leen", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR)
    for who in (elsewhere, make_member("Kim", space=gent), karim):
        assert join_requests.of_space(actor(who), gent.id) == []
        with pytest.raises(NotFound):
            join_requests.answer(actor(who), request_id, role=Role.MEMBER)


def test_a_member_knocks_at_another_space_once(gent, moderator):
    group = make_space("Wonen", kind=SpaceKind.GROUP)
    keeper = make_member("Bram", space=group, role=Role.MODERATOR)
    who = make_member("Kim", space=gent)
    first = join_requests.request_to_join(actor(who), group.id, message="I work on housing.")
    assert join_requests.request_to_join(actor(who), group.id).id == first.id
    assert join_requests.has_requested(actor(who), group.id)
    join_requests.answer(actor(keeper), first.id, role=None)
    assert not join_requests.has_requested(actor(who), group.id)
    again = join_requests.request_to_join(actor(who), group.id, message="Once more.")
    join_requests.answer(actor(keeper), again.id, role=Role.MEMBER)
    assert actor(who).roles[group.id] == Role.MEMBER
    with pytest.raises(Conflict):
        join_requests.request_to_join(actor(who), group.id)


def test_nobody_knocks_at_a_space_that_does_not_exist_for_her(gent):
    hidden = make_space("Hidden", kind=SpaceKind.GROUP, unlisted=True)
    with pytest.raises(NotFound):
        join_requests.request_to_join(actor(make_member("Kim", space=gent)), hidden.id)
    waiting = make_member("New", space=gent, approved_at=None)
    with pytest.raises((Forbidden, NotFound)):
        join_requests.request_to_join(actor(waiting), gent.id)


def test_an_answer_does_not_revive_a_suspended_account(gent, moderator):
    karim = ask()
    request = join_requests.of_space(actor(moderator), gent.id)[0]
    karim.suspended_at = clock.now()
    db.session.flush()
    assert join_requests.of_space(actor(moderator), gent.id) == []
    with pytest.raises(Conflict):
        join_requests.answer(actor(moderator), request.id, role=Role.MEMBER)


def test_two_spaces_two_requests(gent, moderator):
    who = make_member("Kim", space=gent)
    groups = [make_space(f"Group {n}", kind=SpaceKind.GROUP) for n in (1, 2)]
    for group in groups:
        join_requests.request_to_join(actor(who), group.id)
        join(moderator, group, Role.MODERATOR)
    assert [len(join_requests.of_space(actor(moderator), group.id)) for group in groups] == [1, 1]
