"""Posts that a moderator asked their author to change, for that author: read or not, they wait until it is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from forum.domain.threads.running import RUNNING
from forum.infra import clock
from forum.infra.db import db
from forum.models.notifications import Notification
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.visibility import sees

KIND = "change_asked"
MOST = 50
# Whoever did nothing for so long has decided: nothing nags for ever.
WAITS_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """A post of the actor's own to look at again."""

    post_id: int
    number: int
    title: str
    asked_at: datetime


def waiting(actor: Actor) -> list[WaitingChange]:
    """Return what the actor is asked to change and did not, the longest waiting first (one query)."""
    now = clock.now()
    query = (
        select(Post.id, Post.number, Thread.title, Notification.created_at)
        .join(Notification, Notification.post_id == Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(sees(Thread, actor), *is_asked(actor.id, now, now - WAITS_FOR))
        .order_by(Notification.created_at, Notification.id)
        .limit(MOST)
    )
    found = {row[0]: WaitingChange(*row) for row in db.session.execute(query)}
    return list(found.values())


def is_asked(member_id: Any, now: Any, since: Any) -> tuple[ColumnElement[bool], ...]:
    """Say of a Notification and its `Post` in its `Thread` that the member is asked to change it, since a moment."""
    # Told at `shown_at`: until then whoever asked may undo that.
    return (
        Notification.member_id == member_id,
        Notification.kind == KIND,
        Notification.created_at > since,
        or_(Notification.shown_at.is_(None), Notification.shown_at <= now),
        Post.author_id == Notification.member_id,
        Post.hidden_at.is_(None),
        Post.deleted_at.is_(None),
        or_(Post.edited_at.is_(None), Post.edited_at < Notification.created_at),
        Thread.locked_at.is_(None),
        RUNNING,
    )
