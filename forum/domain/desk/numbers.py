"""Counting what waits for each moderator, now and then, for the number at the top of every page."""

from sqlalchemy import select

from forum.domain.desk import waiting
from forum.domain.people import kept_numbers
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.spaces import Membership, Role
from forum.policy.actors import Actor, actors_of
from forum.policy.answering import moderated
from forum.policy.standing import belonging, in_good_standing

BATCH = 20


def keep(actor: Actor) -> int:
    """Count what waits for a moderator and keep it; return it (two queries)."""
    number = waiting.number(actor, moderated(actor))
    kept_numbers.keep(actor, number)
    return number


def count_batch(*, after_id: int) -> int | None:
    """Count for the next moderators by id; return the id of the last of them, None when there are no more."""
    ids = moderators(after_id=after_id)
    for actor in actors_of(ids).values():
        keep(actor)
    return ids[-1] if len(ids) == BATCH else None


def moderators(*, after_id: int) -> list[int]:
    """Return the ids of the next members who moderate anything (one query)."""
    query = (
        select(Membership.member_id)
        .distinct()
        .join(Member, Member.id == Membership.member_id)
        .where(
            Membership.role == Role.MODERATOR,
            belonging(Membership),
            in_good_standing(Member),
            Membership.member_id > after_id,
        )
    )
    return list(db.session.scalars(query.order_by(Membership.member_id).limit(BATCH)))
