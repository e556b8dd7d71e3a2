"""Which offers still stand, and who left something behind: conditions for queries on what is held."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from forum.domain.handovers import kinds
from forum.infra.db import Moment
from forum.models.accounts import Member
from forum.models.handovers import HandOver
from forum.models.spaces import Membership, Role
from forum.policy.readers import reader_param
from forum.policy.standing import belonging, in_good_standing, spaces_of

# Aliases, created once because aliased() is slow.
_ROLE, _HOLDER = aliased(Membership), aliased(Member)
OPEN = HandOver.ended_at.is_(None)


def moderates(member_id: Any, space_id: Any, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return whether a member moderates a space, in good standing: what others hold there is left behind."""
    return exists().where(
        *more,
        _ROLE.member_id == member_id,
        _ROLE.space_id == space_id,
        _ROLE.role == Role.MODERATOR,
        belonging(_ROLE),
        _HOLDER.id == _ROLE.member_id,
        in_good_standing(_HOLDER),
    )


def offer_of(held: Any) -> ColumnElement[bool]:
    """Say of a HandOver that it offers a row of what is held, as `offers` says."""
    return and_(OPEN, HandOver.kind == held.c.kind, HandOver.item_id == held.c.item_id, offers(held.c))


def offers(item: Any) -> ColumnElement[bool]:
    """Say of a HandOver of an item that it is by who holds it, of what it is now, to somebody who can still take it.

    Who got their role after the offer is offered it anew, and so is what became something else: a next version, an
    invitation that was sent again.
    """
    return and_(
        HandOver.giver_id == item.holder_id,
        HandOver.space_id == item.space_id,
        HandOver.offered_at >= item.since_at,
        moderates(HandOver.successor_id, HandOver.space_id, _ROLE.since_at <= HandOver.offered_at),
    )


def count() -> Select[Any]:
    """Count what is offered to the reader of a cached statement that runs with the moment `now`."""
    reader: Any = reader_param(signed_in=True)
    held = kinds.held(bindparam("now", type_=Moment))
    is_held = exists().where(offer_of(held)).correlate(HandOver)
    return (
        select(func.count())
        .select_from(HandOver)
        .where(
            OPEN,
            HandOver.successor_id == reader.id,
            HandOver.space_id.in_(spaces_of(reader.id, Role.MODERATOR)),
            is_held,
        )
    )
