"""Leaving a space by oneself: its only moderator names another with that."""

import pytest

from forum.domain.audit import log as audit_log
from forum.domain.spaces import leaving
from forum.infra import clock
from forum.models.moderation import Action
from forum.models.spaces import Role
from forum.policy.errors import Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_member, make_space

pytestmark = pytest.mark.both_databases


def test_a_member_and_a_guest_just_leave(gent, leen, moderator):
    guest = make_member("Gust", space=gent, role=Role.GUEST)
    for who in (leen, guest):
        assert not leaving.ask(actor(who), gent.id).names_another
        leaving.leave(actor(who), gent.id)
        assert gent.id not in actor(who).roles
    line = audit_log.page(actor(moderator), gent.id).rows[0]
    assert (line.action, line.subject_name, line.actor_name) == (Action.ROLE, "Gust", "Gust")
    stranger = make_member("Kim", space=make_space("Aalst", city="aalst"))
    with pytest.raises(Forbidden):
        leaving.leave(actor(stranger), gent.id)
    with pytest.raises(NotFound):
        leaving.ask(actor(stranger), make_space("Closed", unlisted=True).id)


def test_the_only_moderator_names_another_who_moderates_from_then_on(gent, leen, moderator):
    guest = make_member("Gust", space=gent, role=Role.GUEST)
    make_member("Away", space=gent, role=Role.MODERATOR, suspended_at=clock.now())
    elsewhere = make_member("Els", space=make_space("Aalst", city="aalst"))
    assert leaving.ask(actor(moderator), gent.id).names_another
    for handle in ("", "  ", "nobody", guest.handle, elsewhere.handle, moderator.handle):
        with pytest.raises(Invalid) as refused:
            leaving.leave(actor(moderator), gent.id, successor=handle)
        assert refused.value.field == "handle"
    assert actor(moderator).roles[gent.id] == Role.MODERATOR
    leaving.leave(actor(moderator), gent.id, successor=f"@{leen.handle}")
    assert gent.id not in actor(moderator).roles
    assert actor(leen).roles[gent.id] == Role.MODERATOR


def test_one_of_two_moderators_leaves_without_naming_anybody(gent, leen, moderator):
    second = make_member("Mo")
    join(second, gent, Role.MODERATOR)
    leaving.leave(actor(second), gent.id, successor=leen.handle)
    assert actor(leen).roles[gent.id] == Role.MEMBER, "nobody was asked for"
    with pytest.raises(Invalid):
        leaving.leave(actor(moderator), gent.id)
