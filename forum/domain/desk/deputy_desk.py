"""The spaces that somebody looks after as a deputy, and how much waits for them there."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, union_all

from forum.domain.desk.queues import held, left_out, measures, objections, reported
from forum.infra.db import db
from forum.models.spaces import Space
from forum.policy.actors import Actor
from forum.policy.visibility import sees

OF_DEPUTIES = (reported, held, objections, left_out, measures)


@dataclass(frozen=True, slots=True)
class LookedAfter:
    """A space, and how much waits there for its deputy."""

    name: str
    slug: str
    number: int


def of(actor: Actor) -> list[LookedAfter]:
    """Return the spaces of which the actor is the deputy, by name (one query); none for who is nowhere."""
    if not actor.deputy_in:
        return []
    found: Any = union_all(*(queue.waiting(actor, actor.deputy_in) for queue in OF_DEPUTIES)).subquery()
    number = select(func.count()).select_from(found).where(found.c.space_id == Space.id).correlate(Space)
    query = select(Space.name, Space.slug, number.scalar_subquery())
    query = query.where(Space.id.in_(actor.deputy_in), sees(Space, actor))
    rows = db.session.execute(query.order_by(Space.sort_key, Space.id))
    return [LookedAfter(*row) for row in rows]
