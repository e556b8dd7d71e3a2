"""Who may answer for a capacity: confirm it, refuse it, or end it when somebody leaves."""

from sqlalchemy import ColumnElement, and_, or_, select

from forum.models.accounts import Capacity
from forum.models.spaces import Membership, Role, Space, SpaceKind
from forum.policy.actions import may_administer
from forum.policy.actors import Actor


def moderated(actor: Actor) -> list[int]:
    """Return the ids of the spaces that the actor moderates."""
    return [space_id for space_id, role in actor.roles.items() if role == Role.MODERATOR]


def answerable(actor: Actor) -> ColumnElement[bool]:
    """Whether the actor may answer for a capacity of somebody else.

    For a city the moderators of that city's space do; for a body without one those of a space that its member belongs
    to; an administrator for all of them. Editors of the network do not.
    """
    others = Capacity.member_id != actor.id
    return others if may_administer(actor) else and_(others, answered_in(moderated(actor)))


def answered_in(space_ids: list[int]) -> ColumnElement[bool]:
    """Whether the moderators of one of these spaces answer for a capacity."""
    cities = select(Space.city).where(
        Space.id.in_(space_ids), Space.kind == SpaceKind.CITY, Space.city.is_not(None)
    )
    guests = select(Membership.member_id).where(
        Membership.space_id.in_(space_ids), Membership.ended_at.is_(None)
    )
    return or_(Capacity.city.in_(cities), and_(Capacity.city.is_(None), Capacity.member_id.in_(guests)))
