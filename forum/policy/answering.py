"""Who may answer for a capacity: confirm it, refuse it, or end it when somebody leaves; and which speak for a city."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select

from forum.models.accounts import Body, Capacity
from forum.models.cities import CITIES
from forum.models.spaces import Membership, Role, Space, SpaceKind
from forum.policy.actions import may_administer
from forum.policy.actors import Actor
from forum.policy.standing import belonging

ADMINISTRATIONS = (Body.CITY, Body.OCMW)  # the city itself
OF_A_CITY = (*ADMINISTRATIONS, Body.ASSOCIATION, Body.COMPANY)  # and what works for it at arm's length
PARTNERS = tuple(city.code for city in CITIES if city.partner)


def speaks_for_city(body: Body, city: str | None, *, bodies: tuple[Body, ...] = OF_A_CITY) -> bool:
    """Return whether a capacity of a body in a city is one of that city: then it lights it, and its space answers.

    A university, citizens or another government stand in a city but are not of it, but for the partner in the ring,
    which is a government. `bodies` narrows it to some of those of a city.
    """
    return city is not None and (body in bodies or (body == Body.GOVERNMENT and city in PARTNERS))


def answers_inside(body: Body, city: str | None, *, space_city: str | None) -> bool:
    """Return whether a space, of that city if any, answers for such a capacity of somebody who belongs to it."""
    return not speaks_for_city(body, city) or city == space_city


def of_a_city(bodies: tuple[Body, ...] = OF_A_CITY, *, capacity: Any = Capacity) -> ColumnElement[bool]:
    """Say the same of a row of Capacity or of an alias of it."""
    partner = and_(capacity.body == Body.GOVERNMENT, capacity.city.in_(PARTNERS))
    return and_(capacity.city.is_not(None), or_(capacity.body.in_(bodies), partner))


def moderated(actor: Actor) -> list[int]:
    """Return the ids of the spaces that the actor moderates."""
    return [space_id for space_id, role in actor.roles.items() if role == Role.MODERATOR]


def answerable(actor: Actor) -> ColumnElement[bool]:
    """Whether the actor may answer for a capacity of somebody else.

    For one of a city the moderators of that city's space do; for any other those of a space that its member belongs
    to; an administrator for all of them. Editors of the network do not.
    """
    others = Capacity.member_id != actor.id
    return others if may_administer(actor) else and_(others, answered_in(moderated(actor)))


def answered_in(space_ids: list[int] | Select[Any]) -> ColumnElement[bool]:
    """Whether the moderators of one of these spaces answer for a capacity."""
    cities = select(Space.city).where(
        Space.id.in_(space_ids), Space.kind == SpaceKind.CITY, Space.city.is_not(None)
    )
    guests = select(Membership.member_id).where(Membership.space_id.in_(space_ids), belonging(Membership))
    return or_(
        and_(of_a_city(), Capacity.city.in_(cities)),
        and_(not_(of_a_city()), Capacity.member_id.in_(guests)),
    )
