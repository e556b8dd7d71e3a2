"""Who is reading or writing: an approved, unsuspended member with the roles she has at this moment."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, bindparam, cast, null, select, union_all

from forum.infra.db import db
from forum.models.accounts import Member, NetworkAppointment, NetworkRole
from forum.models.spaces import Membership, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A member for the length of one request or one job. Built anew each time, so that a lost role is lost at once."""

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

    @property
    def is_full(self) -> bool:
        """More than a guest: reads what the whole network may read."""
        return bool(self.network_roles) or any(role != Role.GUEST for role in self.roles.values())

    @property
    def moderates(self) -> bool:
        """Moderates at least one space."""
        return Role.MODERATOR in self.roles.values()


MEMBER_COLUMNS = (
    Member.id,
    Member.name,
    Member.handle,
    Member.email,
    Member.locale,
    Member.timezone,
    Member.theme,
    Member.approved_at,
)
# Every role of a member in one query, built once: it is asked at every request.
_HELD = union_all(
    select(Membership.space_id, cast(Membership.role, String).label("role")).where(
        Membership.member_id == bindparam("member_id"), Membership.ended_at.is_(None)
    ),
    select(cast(null(), Integer), cast(NetworkAppointment.role, String)).where(
        NetworkAppointment.member_id == bindparam("member_id"), NetworkAppointment.ended_at.is_(None)
    ),
)


def actor_of(member_id: int) -> Actor | None:
    """The actor behind a member id, or None for somebody absent, suspended or not yet confirmed."""
    row = db.session.execute(
        select(Member).where(
            Member.id == member_id, Member.confirmed_at.is_not(None), Member.suspended_at.is_(None)
        )
    ).scalar_one_or_none()
    return None if row is None else actor_for(row)


def actor_for(member: Any) -> Actor:
    """The actor for a member, or a row of MEMBER_COLUMNS, known to be in good standing (one query)."""
    approved = member.approved_at is not None
    rows = db.session.execute(_HELD, {"member_id": member.id}).all() if approved else []
    return Actor(
        id=member.id,
        name=member.name,
        handle=member.handle,
        email=member.email,
        locale=member.locale,
        timezone=member.timezone,
        theme=member.theme,
        approved_at=member.approved_at,
        roles={row.space_id: Role(row.role) for row in rows if row.space_id is not None},
        network_roles=frozenset(NetworkRole(row.role) for row in rows if row.space_id is None),
    )
