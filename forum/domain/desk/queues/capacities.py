"""What members speak as, until somebody who can know confirms it: promised within five days."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select

from forum.domain.desk.queues.columns import Columns, in_days
from forum.domain.spaces import waiting_capacities
from forum.domain.spaces.waiting_capacities import WaitingCapacity
from forum.models.accounts import Capacity, Member
from forum.policy.actors import Actor
from forum.policy.errors import NotFound

NAME = "capacity"
DAYS = 5


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the capacities that the actor may confirm as a moderator, each in the first space that answers for it."""
    found = waiting_capacities.to_confirm(Member.id == actor.id)
    columns = Columns(
        kind=NAME,
        item_id=found.c.capacity_id,
        space_id=found.c.space_id,
        due_at=in_days(found.c.at, DAYS),
        since_at=found.c.at,
        title=Capacity.function,
        who=Member.name,
    )
    return (
        columns.select()
        .select_from(found)
        .join(Capacity, Capacity.id == found.c.capacity_id)
        .join(Member, Member.id == Capacity.member_id)
        .where(found.c.space_id.in_(space_ids))
    )


def details(actor: Actor, item_id: int) -> WaitingCapacity | None:
    """Return the capacity, while it waits (one query)."""
    try:
        return waiting_capacities.one(actor, item_id)
    except NotFound:
        return None
