"""Counting what waits for each moderator, now and then, for the number at the top of every page."""

from sqlalchemy import Subquery, select, union_all

from forum.domain.desk import waiting
from forum.domain.desk.deputy_desk import OF_DEPUTIES
from forum.domain.desk.queues.registry import QUEUES
from forum.domain.people import kept_numbers
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.deputies import SpaceDeputy
from forum.models.spaces import Membership, Role
from forum.policy.actors import Actor, actors_of
from forum.policy.answering import moderated
from forum.policy.standing import belonging, in_good_standing

BATCH = 20


def everything(actor: Actor) -> Subquery | None:
    """Return the query of what waits for somebody, as a moderator and as a deputy elsewhere; None for who is neither.

    What the number at the top of pages counts, and the e-mail in the morning.
    """
    mine, others = moderated(actor), sorted(actor.deputy_in)
    own = [queue.waiting(actor, mine) for queue in QUEUES] if mine else []
    instead = [queue.waiting(actor, others) for queue in OF_DEPUTIES] if others else []
    both = [*own, *instead]
    return union_all(*both).subquery("waiting") if both else None


def keep(actor: Actor) -> int:
    """Count what waits for a moderator or a deputy, and keep it; return it (two queries)."""
    found = everything(actor)
    number = waiting.at_most(found) if found is not None else 0
    kept_numbers.keep(actor, number)
    return number


def count_batch(*, after_id: int) -> int | None:
    """Count for the next moderators by id; return the id of the last of them, None when there are no more."""
    ids = moderators(after_id=after_id)
    for actor in actors_of(ids).values():
        keep(actor)
    return ids[-1] if len(ids) == BATCH else None


def moderators(*, after_id: int) -> list[int]:
    """Return the ids of the next members who moderate anything, or are a deputy (one query)."""
    named = select(SpaceDeputy.id).where(
        SpaceDeputy.member_id == Membership.member_id,
        SpaceDeputy.space_id == Membership.space_id,
        SpaceDeputy.ended_at.is_(None),
    )
    query = (
        select(Membership.member_id)
        .distinct()
        .join(Member, Member.id == Membership.member_id)
        .where(
            (Membership.role == Role.MODERATOR) | ((Membership.role == Role.MEMBER) & named.exists()),
            belonging(Membership),
            in_good_standing(Member),
            Membership.member_id > after_id,
        )
    )
    return list(db.session.scalars(query.order_by(Membership.member_id).limit(BATCH)))
