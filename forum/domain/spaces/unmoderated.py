"""Spaces in which nobody moderates now, for administrators of the network: they make one of its members a moderator."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from forum.domain.lines import handle_of
from forum.domain.mailing import events
from forum.domain.spaces import deputies, memberships
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.spaces import Membership, Role, Space
from forum.policy.actions import may_administer, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.standing import belonging
from forum.policy.visibility import get_visible, sees

MOST = 50
OFFERED = 50  # people of a space
_ROLE = aliased(Membership)


@dataclass(frozen=True, slots=True)
class Unmoderated:
    """A space without a moderator, or (`are_away`) of which all are away while it has no deputy."""

    id: int
    name: str
    slug: str
    are_away: bool
    people: int  # who belong to it


class Offered(NamedTuple):
    """A full member of a space."""

    name: str
    handle: str


def of_network(actor: Actor, *, only: int | None = None) -> list[Unmoderated]:
    """Return the first of these spaces by name, or that one, as far as the actor sees them (one query); Forbidden."""
    require(may_administer(actor))
    here = (_ROLE.space_id == Space.id, belonging(_ROLE))
    people = select(func.count()).select_from(_ROLE).where(*here).correlate(Space).scalar_subquery()
    query = select(Space.id, Space.name, Space.slug, deputies.another_moderates(Space.id), people)
    query = query.where(nobody(), sees(Space, actor)).order_by(Space.sort_key, Space.id)
    query = query.where(Space.id == only) if only is not None else query
    return [Unmoderated(*row) for row in db.session.execute(query.limit(MOST))]


def offered(actor: Actor, space_ids: Collection[int]) -> dict[int, list[Offered]]:
    """Return who can be made a moderator of these spaces, the first OFFERED of each by name (one query); Forbidden.

    Also to an administrator who does not belong there: ask it of spaces that need a moderator, and of no others. Where
    something waits for somebody else the deputy may not look at it either, so is not offered.
    """
    require(may_administer(actor))
    place = func.row_number().over(partition_by=Membership.space_id, order_by=(Member.sort_key, Member.id))
    found = (
        select(Membership.space_id, Member.name, Member.handle, place.label("place"))
        .join(Member, Member.id == Membership.member_id)
        .join(Space, Space.id == Membership.space_id)
        .where(Membership.space_id.in_(space_ids), sees(Space, actor), deputies.is_full())
        .where(or_(nobody(), ~deputies.is_deputy(Space.id, Member.id)))
        .subquery()
    )
    by_space: dict[int, list[Offered]] = {}
    query = select(found).where(found.c.place <= OFFERED).order_by(found.c.space_id, found.c.place)
    for row in db.session.execute(query):
        by_space.setdefault(row.space_id, []).append(Offered(row.name, row.handle))
    return by_space


def nobody() -> ColumnElement[bool]:
    """Return whether a `Space` has no moderator, or all are away while it has no deputy."""
    away = and_(~deputies.another_is_there(Space.id), ~deputies.has_any(Space.id))
    return or_(~deputies.another_moderates(Space.id), away)


def name(actor: Actor, space_id: int, *, handle: str, is_needed: bool = False) -> None:
    """Make a full member of a space its moderator, while it has none; they are told, and it is logged.

    Nobody new reads anything by it: they belonged to the space. `is_needed`: also beside other moderators, as something
    waits that none of them may look at. NotFound, Forbidden, Conflict where somebody moderates it, Invalid at `handle`.
    """
    require(may_administer(actor))
    space: Space = get_visible(Space, actor, space_id, lock=True)
    if not is_needed and db.session.scalar(
        select(deputies.another_moderates(Space.id)).where(Space.id == space.id)
    ):
        raise Conflict(_("Somebody moderates this space. They decide who else does."))
    member_id = deputies.full_member(space.id, handle_of(handle))
    membership = memberships.grant(actor.id, member_id, space.id, Role.MODERATOR)
    events.record("role.given", membership_id=membership.id, actor_id=actor.id)
