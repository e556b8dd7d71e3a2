"""Who belongs where, as conditions about one reader: what the rule of who may read what is made of."""

from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from forum.infra import clock
from forum.infra.db import Moment
from forum.infra.in_lists import in_rows
from forum.models.accounts import Member, NetworkAppointment
from forum.models.spaces import Audience, Membership, Role

ReaderId = BindParameter[int] | InstrumentedAttribute[int] | None
FULL = (Role.MEMBER, Role.MODERATOR)

# Asked each time that a statement runs, also one that was built long before.
_NOW = bindparam("at_this_moment", callable_=clock.now, type_=Moment)

# Aliases, created once because aliased() is slow.
_READER = aliased(Member)
_READER_ROLE = aliased(Membership)
_APPOINTMENT = aliased(NetworkAppointment)


def in_good_standing(person: Any) -> ColumnElement[bool]:
    """Return whether `person` (Member or an alias of it) is confirmed, approved and not suspended."""
    return and_(
        person.confirmed_at.is_not(None), person.approved_at.is_not(None), person.suspended_at.is_(None)
    )


def belonging(role: Any) -> ColumnElement[bool]:
    """Return whether a row of `Membership` or an alias of it holds at this moment.

    A guest's ends at the moment that was chosen, whether or not the row was closed since.
    """
    return and_(role.ended_at.is_(None), or_(role.ends_at.is_(None), role.ends_at > _NOW))


def active(reader_id: ReaderId) -> ColumnElement[bool]:
    """Whether the reader is in good standing."""
    return exists().where(_READER.id == reader_id, in_good_standing(_READER)).correlate(Member)


def spaces_of(reader_id: ReaderId, *roles: Role) -> Select[Any]:
    """Select the ids of the spaces where the reader has one of these roles, or any."""
    role = _READER_ROLE
    spaces = select(role.space_id).where(role.member_id == reader_id, belonging(role))
    return (spaces.where(role.role.in_(roles)) if roles else spaces).correlate(Member)


def inside(space_id: Any, reader_id: ReaderId, *roles: Role) -> ColumnElement[bool]:
    """Whether the reader has one of these roles, or any, in the space `space_id`."""
    spaces = spaces_of(reader_id, *roles)
    of_each_row = isinstance(reader_id, InstrumentedAttribute)
    return cast(ColumnElement[bool], space_id.in_(spaces)) if of_each_row else in_rows(space_id, spaces)


def appointed(reader_id: ReaderId) -> ColumnElement[bool]:
    """Whether the reader has a role in the network."""
    role = _APPOINTMENT
    return exists().where(role.member_id == reader_id, role.ended_at.is_(None)).correlate(Member)


def full_roles(member_id: Any) -> Select[Any]:
    """Select the roles by which somebody is more than a guest somewhere."""
    role = _READER_ROLE
    # Only the time of a guest ends by itself: a constraint of the table holds that.
    held = (role.member_id == member_id, role.ended_at.is_(None), role.role.in_(FULL))
    return select(role.id).where(*held).correlate(Member)


def full(reader_id: ReaderId) -> ColumnElement[bool]:
    """A member of the network, not only a guest somewhere."""
    return or_(full_roles(reader_id).exists(), appointed(reader_id))


def within(level: Any, space_id: Any, reader_id: ReaderId) -> ColumnElement[bool]:
    """Whether the reader is in the audience `level` of something in the space `space_id`."""
    public = level == Audience.PUBLIC.value
    if reader_id is None:
        return public
    network = and_(level == Audience.NETWORK.value, full(reader_id))
    return or_(public, and_(active(reader_id), or_(inside(space_id, reader_id), network)))


def looked_up(model: Any, row_id: Any, rule: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the rule holds for the row of `model` with the id in a column of another, such as of `Notification`.

    As a value, found by the id: for EXISTS, PostgreSQL might read everything for which the rule holds.
    """
    value = select(rule).select_from(model).where(model.id == row_id).correlate(row_id.table, Member)
    return value.scalar_subquery().is_(True)
