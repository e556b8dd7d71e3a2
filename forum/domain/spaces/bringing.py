"""Who brought whom into the network, by an invitation or by letting them in: nobody vouches elsewhere for whom they
alone brought.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import aliased

from forum.domain.people.capacities import HeldCapacity
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Capacity
from forum.models.spaces import Invitation, Membership, Space, SpaceKind
from forum.policy.actions import YES, Answer, deny
from forum.policy.answering import of_a_city

# Aliases, created once because aliased() is slow; of their own, so that no query around them is meant.
_INVITATION, _ROLE, _BEFORE = aliased(Invitation), aliased(Membership), aliased(Membership)
_SPACE = aliased(Space)


def brought_elsewhere(by_id: int) -> ColumnElement[bool]:
    """Whether that member alone brought the holder of a capacity, and not just into the space of the city of it.

    Whom the command line put in a space somebody else brought, too.
    """
    invited = select(_INVITATION.accepted_by_id).where(_INVITATION.accepted_by_id.is_not(None))
    granted = _granted()
    by_them = or_(
        Capacity.member_id.in_(invited.where(_INVITATION.invited_by_id == by_id)),
        granted.where(_ROLE.granted_by_id == by_id),
    )
    by_others = or_(
        Capacity.member_id.in_(invited.where(_INVITATION.invited_by_id != by_id)),
        granted.where(_ROLE.granted_by_id != by_id),
        exists().where(_ROLE.member_id == Capacity.member_id, _ROLE.granted_by_id.is_(None)),
    )
    elsewhere = or_(_into(_SPACE.city != Capacity.city), not_(_into(_SPACE.city == Capacity.city)))
    return and_(of_a_city(), by_them, not_(by_others), elsewhere)


def _granted() -> Any:
    """Whether a holder was let into a space: also once removed, but a new role in it brings nobody."""
    replaced = exists().where(
        _BEFORE.member_id == _ROLE.member_id,
        _BEFORE.space_id == _ROLE.space_id,
        _BEFORE.ended_at == _ROLE.since_at,
    )
    return exists().where(_ROLE.member_id == Capacity.member_id, not_(replaced.correlate(_ROLE)))


def _into(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a holder was brought into the space of such a city."""
    city = and_(_SPACE.kind == SpaceKind.CITY, which)
    invited = exists().where(
        _INVITATION.accepted_by_id == Capacity.member_id, _SPACE.id == _INVITATION.space_id, city
    )
    let_in: ColumnElement[bool] = _granted().where(_SPACE.id == _ROLE.space_id, city)
    return or_(invited, let_in)


def may_vouch(by_id: int, capacity: Capacity | HeldCapacity) -> Answer:
    """Return whether somebody may confirm this capacity, given who brought its member (one query)."""
    if capacity.member_id == by_id:
        return deny(_("Somebody else has to answer for your own capacity."))
    query = select(Capacity.id).where(Capacity.id == capacity.id, brought_elsewhere(by_id))
    return answer(is_elsewhere=db.session.scalar(query) is not None)


def answer(*, is_elsewhere: bool) -> Answer:
    """Return whether somebody may confirm another's capacity, given whether `brought_elsewhere` holds of it."""
    if is_elsewhere:
        return deny(
            _(
                "You alone brought this person into the network, and not just into this city's space: "
                "somebody else confirms this."
            )
        )
    return YES
