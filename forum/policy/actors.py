"""Actors: who reads or writes, with the roles they have at this moment."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, String, and_, bindparam, cast, func, or_, select

from forum.infra import days
from forum.infra.db import db
from forum.infra.in_lists import in_list
from forum.models.accounts import Member, NetworkAppointment, NetworkRole
from forum.models.bounces import Suppression
from forum.models.deputies import SpaceDeputy
from forum.models.measures import LASTING, MeasureKind, SpaceMeasure
from forum.models.spaces import Membership, Role
from forum.policy.standing import belonging


@dataclass(frozen=True, slots=True)
class Actor:
    """A member for the length of one request or job. Built each time, so that a lost role has effect at once."""

    id: int
    name: str
    handle: str
    email: str
    locale: str | None
    timezone: str
    theme: str | None
    approved_at: datetime | None
    roles: dict[int, Role] = field(default_factory=dict)  # by space id
    network_roles: frozenset[NetworkRole] = frozenset()
    locale_seen: str | None = None
    shortcuts: bool = True  # whether single keys do something
    mail_stopped_at: datetime | None = None  # since when mail to their address comes back
    muted: dict[int, date] = field(default_factory=dict)  # by space id: the last day on which they are
    deputy_in: frozenset[int] = frozenset()  # spaces that they look after as its deputy
    held: frozenset[int] = frozenset()  # spaces in which all that they write waits for a moderator

    @property
    def is_full(self) -> bool:
        """More than a guest: reads what the whole network may read."""
        return bool(self.network_roles) or any(role != Role.GUEST for role in self.roles.values())

    @property
    def writes_nowhere(self) -> bool:
        """Belongs to spaces, and may write in none of them now, as moderators decided."""
        return bool(self.roles) and all(
            at in self.muted and role != Role.MODERATOR for at, role in self.roles.items()
        )

    @property
    def moderates(self) -> bool:
        """Moderates at least one space."""
        return Role.MODERATOR in self.roles.values()


_TODAY = bindparam("this_day", callable_=days.today, type_=Date)


def in_force(measure: Any) -> Any:
    """Return whether a row of `SpaceMeasure` or an alias of it holds today: it ends by itself after its last day."""
    return and_(measure.ended_at.is_(None), or_(measure.last_day.is_(None), measure.last_day >= _TODAY))


def _listed(role: Any, *, holder: Any, holds: Any) -> Any:
    """The current roles of a member as one text, so that an actor is one row of one query."""
    roles = select(func.aggregate_strings(role, ",")).where(holder == Member.id, holds)
    return roles.correlate(Member).scalar_subquery()


COLUMNS = (
    Member.id,
    Member.name,
    Member.handle,
    Member.email,
    Member.locale,
    Member.locale_seen,
    Member.timezone,
    Member.theme,
    Member.shortcuts,
    Member.approved_at,
    _listed(
        cast(Membership.space_id, String) + ":" + cast(Membership.role, String),
        holder=Membership.member_id,
        holds=belonging(Membership),
    ).label("roles"),
    _listed(
        cast(NetworkAppointment.role, String),
        holder=NetworkAppointment.member_id,
        holds=NetworkAppointment.ended_at.is_(None),
    ).label("network_roles"),
    _listed(
        cast(SpaceDeputy.space_id, String),
        holder=SpaceDeputy.member_id,
        holds=SpaceDeputy.ended_at.is_(None),
    ).label("deputy_in"),
    _listed(
        cast(SpaceMeasure.kind, String)
        + ":"
        + cast(SpaceMeasure.space_id, String)
        + ":"
        + func.coalesce(cast(SpaceMeasure.last_day, String), ""),
        holder=SpaceMeasure.member_id,
        holds=and_(SpaceMeasure.kind.in_(LASTING), in_force(SpaceMeasure)),
    ).label("measures"),
    select(Suppression.since_at)
    .where(Suppression.email == Member.email, Suppression.lifted_at.is_(None))
    .correlate(Member)
    .scalar_subquery()
    .label("mail_stopped_at"),
)
# Built once: a member is looked up at every request.
_MEMBER = select(*COLUMNS).where(Member.id == bindparam("member_id"))
_STANDS = (Member.confirmed_at.is_not(None), Member.suspended_at.is_(None))
_IN_GOOD_STANDING = _MEMBER.where(*_STANDS)
_MANY_IN_GOOD_STANDING = select(*COLUMNS).where(in_list(Member.id, "member_ids"), *_STANDS)


def actor_of(member_id: int) -> Actor | None:
    """Return the actor of a member id; None when absent, suspended or not confirmed (one query)."""
    row = db.session.execute(_IN_GOOD_STANDING, {"member_id": member_id}).one_or_none()
    return None if row is None else actor_from(row)


def actors_of(member_ids: Collection[int]) -> dict[int, Actor]:
    """Return the actors of these members, without those who are absent, suspended or not confirmed (one query)."""
    rows = db.session.execute(_MANY_IN_GOOD_STANDING, {"member_ids": list(member_ids)})
    return {row.id: actor_from(row) for row in rows}


def actor_for(member: Member) -> Actor:
    """Return the actor of a member row that is loaded and known to be in good standing (one query)."""
    return actor_from(db.session.execute(_MEMBER, {"member_id": member.id}).one())


def actor_from(row: Any) -> Actor:
    """Return the actor of a row of COLUMNS."""
    approved = row.approved_at is not None
    roles = [pair.split(":") for pair in row.roles.split(",")] if approved and row.roles else []
    appointed = row.network_roles.split(",") if approved and row.network_roles else []
    by_space = {int(space_id): Role(role) for space_id, role in roles}
    named = map(int, row.deputy_in.split(",")) if row.deputy_in else ()
    measures = [one.split(":") for one in row.measures.split(",")] if row.measures else []
    return Actor(
        id=row.id,
        name=row.name,
        handle=row.handle,
        email=row.email,
        locale=row.locale,
        timezone=row.timezone,
        theme=row.theme,
        approved_at=row.approved_at,
        roles=by_space,
        network_roles=frozenset(NetworkRole(role) for role in appointed),
        locale_seen=row.locale_seen,
        shortcuts=row.shortcuts,
        mail_stopped_at=row.mail_stopped_at,
        muted={int(at): date.fromisoformat(day) for kind, at, day in measures if kind == MeasureKind.MUTE},
        # It ends with a full membership, as `domain/spaces/deputies.py` has it.
        deputy_in=frozenset(at for at in named if by_space.get(at) == Role.MEMBER),
        held=frozenset(int(at) for kind, at, _day in measures if kind == MeasureKind.HOLD),
    )
