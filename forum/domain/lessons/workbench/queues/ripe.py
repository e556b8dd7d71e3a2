"""Ripe: threads of the actor's spaces with several cities and an application or a contradiction, quiet, and no lesson.

What is found here costs as much as there are such threads in those spaces, not as the network is large: an index holds
those in which two cities or more spoke, another the posts that apply or contradict.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, or_, select

from forum.domain.lessons.workbench.queues.window import Found, Order, Window, rows
from forum.domain.threads import nominations
from forum.domain.threads.running import RUNNING
from forum.infra import clock
from forum.infra.columns import codes, read_codes
from forum.models.lessons import Lesson, LessonSource, LessonVersion
from forum.models.nominations import Nomination, NominationEnd
from forum.models.responses import ResponseKind, ThreadResponse
from forum.models.threads import Post, PostKind, Thread
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.visibility import sees

QUIET = timedelta(days=14)
# Literally as in the index of them.
_OF_CITIES: ColumnElement[bool] = literal_column("json_array_length(thread.cities) > 1")
_TELLING: ColumnElement[bool] = literal_column("(post.kind = 'application' OR post.kind = 'objection')")
_APPLIED = (PostKind.APPLICATION, ResponseKind.APPLIED)
_AGAINST = (PostKind.OBJECTION, ResponseKind.DIFFERENT)


@dataclass(frozen=True, slots=True)
class RipeThread:
    """A thread, and what makes it ripe."""

    id: int
    slug: str
    title: str
    is_inside: bool  # only its space reads it: what it is called stays there
    cities: int
    applied: int
    against: int
    quiet_since: datetime

    presses = False


def of(actor: Actor, window: Window) -> Found:
    """Return them, those first that were quiet for the shortest time (one query)."""
    query = select(
        Thread.id,
        Thread.slug,
        Thread.title,
        Thread.audience,
        codes(Thread.cities).label("codes"),
        Thread.last_post_at,
        _said(*_APPLIED).label("applied"),
        _said(*_AGAINST).label("against"),
    ).where(*_are_ripe(actor))
    threads, found = rows(query, Order(Thread.last_post_at, Thread.id, latest_first=True), window)
    found.items.extend(
        RipeThread(
            row.id,
            row.slug,
            row.title,
            row.audience == "space",
            len(read_codes(row.codes)),
            row.applied,
            row.against,
            row.last_post_at,
        )
        for row in threads
    )
    return found


def _are_ripe(actor: Actor) -> tuple[Any, ...]:
    kinds = (ResponseKind.APPLIED, ResponseKind.DIFFERENT)
    post = exists().where(Post.thread_id == Thread.id, _TELLING, *_standing())
    response = exists().where(ThreadResponse.thread_id == Thread.id, ThreadResponse.kind.in_(kinds))
    return (
        sees(Thread, actor),
        Thread.space_id.in_(moderated(actor)),
        _OF_CITIES,
        Thread.locked_at.is_(None),
        RUNNING,
        Thread.hidden_at.is_(None),
        Thread.withdrawn_at.is_(None),
        Thread.title != "",
        Thread.last_post_at < clock.now() - QUIET,
        or_(post, response),
        ~_is_made(),
        ~_is_published(actor),
        ~_was_nominated(),
    )


def _is_made() -> ColumnElement[bool]:
    """Whether its own space makes a lesson of it, or made one; what other spaces draft is theirs to know."""
    return exists().where(
        LessonSource.thread_id == Thread.id,
        Lesson.id == LessonSource.lesson_id,
        Lesson.space_id == Thread.space_id,
    )


def _is_published(actor: Actor) -> ColumnElement[bool]:
    """Whether another space made a lesson of it that the actor reads and whose origin nobody keeps from them."""
    return exists().where(
        LessonSource.thread_id == Thread.id,
        Lesson.id == LessonSource.lesson_id,
        LessonVersion.id == Lesson.current_id,
        LessonVersion.masked.is_(False),
        sees(Lesson, actor),
    )


def _was_nominated() -> ColumnElement[bool]:
    """Whether it stands among what is nominated, or that was closed with a reason and nobody said anything since."""
    closed = and_(Nomination.ending == NominationEnd.CLOSED, Nomination.ended_at >= Thread.last_post_at)
    return exists().where(Nomination.thread_id == Thread.id, or_(nominations.OPEN, closed))


def _said(post_kind: PostKind, response_kind: ResponseKind) -> ColumnElement[int]:
    """How many posts and responses say one thing."""
    posts = select(func.count(Post.id)).where(
        Post.thread_id == Thread.id, _TELLING, Post.kind == post_kind, *_standing()
    )
    said = (ThreadResponse.thread_id == Thread.id, ThreadResponse.kind == response_kind)
    responses = select(func.count(ThreadResponse.id)).where(*said)
    return posts.correlate(Thread).scalar_subquery() + responses.correlate(Thread).scalar_subquery()


def _standing() -> tuple[ColumnElement[bool], ...]:
    return (Post.hidden_at.is_(None), Post.deleted_at.is_(None))
