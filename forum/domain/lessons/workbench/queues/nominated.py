"""Nominated: threads of the actor's spaces of which members say that there is a lesson in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from forum.domain.lessons import making, of_thread
from forum.domain.lessons.workbench import beginnings
from forum.domain.lessons.workbench.queues.window import Found, Order, Window, rows
from forum.domain.threads import nominations
from forum.domain.threads.nominations import Nominated
from forum.infra.db import db
from forum.models.lessons import Lesson
from forum.models.nominations import Nomination
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.visibility import sees, visible


@dataclass(frozen=True, slots=True)
class MadeLesson:
    """A published lesson that was made from a thread."""

    id: int
    public_id: str
    title: str
    may_add: bool


@dataclass(frozen=True, slots=True)
class NominatedThread:
    """A thread, who nominates it in words, and the latest lesson that was made from it, if there is one."""

    id: int
    slug: str
    title: str
    is_inside: bool  # only its space reads it: what it is called stays there
    nominated: Nominated
    lesson: MadeLesson | None

    presses = False


def of(actor: Actor, window: Window) -> Found:
    """Return them, those first that wait longest (at most five queries)."""
    spaces = moderated(actor)
    first: Any = (
        select(Nomination.thread_id, func.min(Nomination.nominated_at).label("since"))
        .join(Thread, Thread.id == Nomination.thread_id)
        .where(nominations.OPEN, Thread.space_id.in_(spaces))
        .group_by(Nomination.thread_id)
        .subquery()
    )
    query = (
        select(Thread.id, Thread.slug, Thread.title, Thread.audience)
        .join(first, first.c.thread_id == Thread.id)
        .where(sees(Thread, actor), Thread.space_id.in_(spaces), *stands())
    )
    threads, found = rows(query, Order(first.c.since, Thread.id), window)
    ids = [row.id for row in threads]
    by_whom = nominations.of_threads(ids) if ids else {}
    lessons = _lessons(actor, ids)
    found.items.extend(
        NominatedThread(
            row.id,
            row.slug,
            row.title,
            row.audience == "space",
            by_whom[row.id],
            lessons.get(row.id),
        )
        for row in threads
    )
    return found


def _lessons(actor: Actor, thread_ids: Sequence[int]) -> dict[int, MadeLesson]:
    """The latest lesson of each of these threads to which the thread may lead the actor."""
    titles = {thread_id: each[0] for thread_id, each in of_thread.titles(actor, thread_ids).items()}
    if not titles:
        return {}
    public_ids = [public_id for public_id, _title in titles.values()]
    found = visible(Lesson, actor).where(Lesson.public_id.in_(public_ids))
    rows = db.session.execute(found.add_columns(*making.facts(actor.id)))
    lessons = {row.Lesson.public_id: row for row in rows}
    return {
        thread_id: MadeLesson(
            lessons[public_id].Lesson.id, public_id, title, _may_add(actor, lessons[public_id])
        )
        for thread_id, (public_id, title) in titles.items()
    }


def _may_add(actor: Actor, row: Any) -> bool:
    return beginnings.may_add(actor, row.Lesson, making.by_facts(actor, row.Lesson, row))


def stands() -> tuple[Any, ...]:
    """Say of a Thread that its opening post can be read."""
    return (Thread.hidden_at.is_(None), Thread.withdrawn_at.is_(None), Thread.title != "")
