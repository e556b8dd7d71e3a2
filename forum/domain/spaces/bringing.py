"""Who brought whom into the network, by an invitation or by letting them in: nobody vouches elsewhere for whom they
alone brought.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import case, exists, null, select, union_all
from sqlalchemy.orm import aliased

from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Body
from forum.models.spaces import Invitation, Membership, Space, SpaceKind
from forum.policy.actions import YES, Answer, deny
from forum.policy.answering import speaks_for_city

_CITY = case((Space.kind == SpaceKind.CITY, Space.city))


class Vouched(Protocol):
    """A capacity, or those columns of it that say who may vouch for it."""

    @property
    def member_id(self) -> int: ...

    @property
    def body(self) -> Body: ...

    @property
    def city(self) -> str | None: ...


@dataclass(slots=True)
class Brought:
    """By whom somebody was brought into spaces (None: by the command line), and into those of which cities."""

    by: set[int | None] = field(default_factory=set)
    cities: set[str] = field(default_factory=set)

    def is_elsewhere(self, city: str | None, *, by_id: int) -> bool:
        """Return whether that member alone brought them, and not just into the space of this city."""
        return city is not None and self.by == {by_id} and self.cities != {city}


def of_members(member_ids: Collection[int]) -> dict[int, Brought]:
    """Return for each of these members who brought them where (one query)."""
    invited = (
        select(
            Invitation.accepted_by_id.label("member_id"),
            Invitation.invited_by_id.label("by_id"),
            _CITY.label("city"),
        )
        .join(Space, Space.id == Invitation.space_id)
        .where(Invitation.accepted_by_id.in_(member_ids))
    )
    # Whoever is let in, removed, and asks again was brought by the same person all the same; a new role brings nobody.
    before = aliased(Membership)
    replaced = exists().where(
        before.member_id == Membership.member_id,
        before.space_id == Membership.space_id,
        before.ended_at == Membership.since_at,
    )
    let_in = (
        select(Membership.member_id, Membership.granted_by_id, _CITY)
        .join(Space, Space.id == Membership.space_id)
        .where(Membership.member_id.in_(member_ids), Membership.granted_by_id.is_not(None), ~replaced)
    )
    by_command = (
        select(Membership.member_id, null(), _CITY)
        .join(Space, Space.id == Membership.space_id)
        .where(Membership.member_id.in_(member_ids), Membership.granted_by_id.is_(None))
    )
    found = {member_id: Brought() for member_id in member_ids}
    for row in db.session.execute(union_all(invited, let_in, by_command)) if member_ids else ():
        brought = found[row.member_id]
        brought.by.add(row.by_id)
        if row.city is not None:
            brought.cities.add(row.city)
    return found


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
