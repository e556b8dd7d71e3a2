"""Posts that wait until a moderator lets them appear, those of the actor's own left out."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, case

from forum.domain.desk.queues.columns import Columns, same_day
from forum.domain.held_posts import queue
from forum.domain.held_posts.queue import Waiting
from forum.models.accounts import Member
from forum.models.held import HeldPost
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.errors import NotFound

NAME = "held"


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select what waits in these spaces; `words` are the text as it was typed."""
    columns = Columns(
        kind=NAME,
        item_id=HeldPost.id,
        space_id=queue.space_of(),
        due_at=same_day(HeldPost.written_at),
        since_at=HeldPost.written_at,
        thread_id=HeldPost.thread_id,
        title=case((HeldPost.thread_id.is_(None), HeldPost.title), else_=Thread.title),
        who=Member.name,
        words=HeldPost.body,
    )
    return (
        columns.select()
        .select_from(HeldPost)
        .join(Member, Member.id == HeldPost.author_id)
        .outerjoin(Thread, Thread.id == HeldPost.thread_id)
        .where(*queue.decided_by(actor), queue.space_of().in_(list(space_ids)))
    )


def details(actor: Actor, item_id: int) -> Waiting | None:
    """Return one whole; None where it waits for the actor no more (one query)."""
    try:
        return queue.details(actor, item_id)
    except NotFound:
        return None
