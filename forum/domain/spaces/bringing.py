"""Who brought whom into the network, by an invitation or by letting them in: nobody vouches elsewhere for whom they
alone brought.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Subquery, and_, case, func, null, or_, select, tuple_, union_all

from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Body, Capacity
from forum.models.spaces import Invitation, Membership, Space, SpaceKind
from forum.policy.actions import YES, Answer, deny
from forum.policy.answering import of_a_city, speaks_for_city

_CITY = case((Space.kind == SpaceKind.CITY, Space.city))


class Vouched(Protocol):
    """A capacity, or those columns of it that say who may vouch for it."""

    @property
    def member_id(self) -> int: ...

    @property
    def body(self) -> Body: ...

    @property
    def city(self) -> str | None: ...


class Brought(NamedTuple):
    """By whom alone somebody was brought into spaces, if by one, and of which city alone these are, if of one."""

    alone_id: int | None = None
    only_city: str | None = None
    has_city: bool = False  # one of these spaces, or more, is that of a city

    def and_into(self, city: str | None) -> "Brought":
        """Return the same once whoever brought them alone, if anybody, also brings them into that city's space."""
        return self if self.has_city else self._replace(only_city=city, has_city=city is not None)

    def is_elsewhere(self, city: str | None, *, by_id: int) -> bool:
        """Return whether that member alone brought them, and not just into the space of this city."""
        return city is not None and self.alone_id == by_id and self.only_city != city


def brought(member_ids: Any) -> Subquery:
    """Return a row of `Brought` for each of these members (ids, or a query for them) whom anybody brought.

    Whom the command line put somewhere, nobody brought alone.
    """
    # A new role brings nobody: it begins at the moment at which another in the same space ended.
    ended = select(Membership.member_id, Membership.space_id, Membership.ended_at)
    ended = ended.where(Membership.ended_at.is_not(None), Membership.member_id.in_(member_ids))
    role = tuple_(Membership.member_id, Membership.space_id, Membership.since_at)
    let_in = (
        select(Membership.member_id, Membership.granted_by_id.label("by_id"), _CITY.label("city"))
        .join(Space, Space.id == Membership.space_id)
        .where(Membership.member_id.in_(member_ids), role.not_in(ended.correlate(None)))
    )
    # Whoever took an invitation over brings whom it lets in: they looked at it, and answer for it.
    invited = (
        select(Invitation.accepted_by_id, Invitation.responsible_id, _CITY)
        .join(Space, Space.id == Invitation.space_id)
        .where(Invitation.accepted_by_id.in_(member_ids))
    )
    ways = union_all(let_in, invited).subquery()
    by, city = ways.c.by_id, ways.c.city
    by_one = and_(func.count(by) == func.count(), func.min(by) == func.max(by))
    return (
        select(
            ways.c.member_id,
            case((by_one, func.min(by)), else_=null()).label("alone_id"),
            case((func.min(city) == func.max(city), func.min(city)), else_=null()).label("only_city"),
            (func.count(city) > 0).label("has_city"),
        )
        .group_by(ways.c.member_id)
        .subquery()
    )


def of_members(member_ids: Collection[int]) -> dict[int, Brought]:
    """Return for each of these members who brought them where (one query)."""
    found = {member_id: Brought() for member_id in member_ids}
    rows = db.session.execute(select(brought(list(found)))) if found else ()
    return found | {row.member_id: of_row(row) for row in rows}


def columns(ways: Subquery) -> tuple[Any, ...]:
    """Return what a query that outer joins `brought` selects of it, so that `of_row` reads it."""
    return tuple(ways.c[name] for name in Brought._fields)


def of_row(row: Any) -> Brought:
    """Return who brought the member of a row with `columns`, where an outer join may have found nobody."""
    return Brought(row.alone_id, row.only_city, bool(row.has_city))


def may_vouch(by_id: int, capacity: Vouched, brought: Mapping[int, Brought]) -> Answer:
    """Return whether somebody may confirm this capacity, given who brought its member (`of_members`)."""
    if capacity.member_id == by_id:
        return deny(_("Somebody else has to answer for your own capacity."))
    city = capacity.city if speaks_for_city(capacity.body, capacity.city) else None
    if brought[capacity.member_id].is_elsewhere(city, by_id=by_id):
        return deny(
            _(
                "You alone brought this person into the network, and not just into this city's space: "
                "somebody else confirms this."
            )
        )
    return YES


def vouches(by_id: Any, ways: Subquery) -> ColumnElement[bool]:
    """Say the same of a row of Capacity, outer joined with its row of `brought`; `by_id` is an id or a column."""
    elsewhere = and_(ways.c.alone_id == by_id, ways.c.only_city.is_distinct_from(Capacity.city))
    return and_(
        Capacity.member_id != by_id,
        # The row may be missing: nobody brought them.
        or_(~of_a_city(), ways.c.alone_id.is_(None), ~elsewhere),
    )
