"""Threads of which members say that there is a lesson in them: somebody looks within two weeks."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from forum.domain.desk.queues.columns import Columns, in_days
from forum.domain.lessons.workbench.queues.nominated import stands
from forum.domain.threads import nominations
from forum.domain.threads.nominations import Nominated
from forum.infra.db import db
from forum.models.nominations import Nomination
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.visibility import visible

NAME = "nominated"
DAYS = 14


@dataclass(frozen=True, slots=True)
class NominatedThread:
    """A thread with what it is about, and who says that there is a lesson in it."""

    id: int
    slug: str
    summary: str
    nominated: Nominated


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the threads of these spaces that are nominated and can be read."""
    first: Any = (
        select(Nomination.thread_id, func.min(Nomination.nominated_at).label("since"))
        .where(nominations.OPEN)
        .group_by(Nomination.thread_id)
        .subquery("first_nomination")
    )
    columns = Columns(
        kind=NAME,
        item_id=Thread.id,
        space_id=Thread.space_id,
        due_at=in_days(first.c.since, DAYS),
        since_at=first.c.since,
        thread_id=Thread.id,
        title=Thread.title,
        words=Thread.summary,
    )
    query = columns.select().select_from(Thread).join(first, first.c.thread_id == Thread.id)
    return query.where(
        Thread.space_id.in_(space_ids), Thread.id.in_(visible(Thread, actor, Thread.id)), *stands()
    )


def details(actor: Actor, item_id: int) -> NominatedThread | None:
    """Return the thread, while anybody nominates it (two queries)."""
    query = visible(Thread, actor, Thread.id, Thread.slug, Thread.summary)
    row = db.session.execute(
        query.where(Thread.id == item_id, Thread.space_id.in_(moderated(actor)), *stands())
    ).one_or_none()
    found = nominations.of_threads([item_id])[item_id] if row is not None else None
    if row is None or found is None or not found.members:
        return None
    return NominatedThread(row[0], row[1], row[2], found)
