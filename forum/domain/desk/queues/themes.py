"""Threads of which nobody chose the theme: without one nobody finds them who looks for it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from forum.domain.desk.queues.columns import Columns, unpromised
from forum.domain.threads.without_axis import WAITS
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.visibility import sees

NAME = "theme"


@dataclass(frozen=True, slots=True)
class Themeless:
    """A thread with what it is about."""

    id: int
    slug: str
    summary: str


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the threads of these spaces without a theme."""
    columns = Columns(
        kind=NAME,
        item_id=Thread.id,
        space_id=Thread.space_id,
        # Nobody waits for it: it stands below all that was promised.
        due_at=unpromised(),
        since_at=Thread.created_at,
        thread_id=Thread.id,
        title=Thread.title,
        who=Member.name,
        words=Thread.summary,
    )
    query = columns.select().select_from(Thread).join(Member, Member.id == Thread.author_id)
    return query.where(Thread.space_id.in_(space_ids), sees(Thread, actor), *WAITS)


def details(actor: Actor, item_id: int) -> Themeless | None:
    """Return the thread, while it waits (one query)."""
    query = select(Thread.id, Thread.slug, Thread.summary).where(
        Thread.id == item_id, Thread.space_id.in_(moderated(actor)), sees(Thread, actor), *WAITS
    )
    row = db.session.execute(query).one_or_none()
    return Themeless(*row) if row is not None else None
