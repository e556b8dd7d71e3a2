"""Rows of what members were told, as reactions write them."""

from datetime import datetime
from typing import Any

from forum.domain.mailing import events
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.notifications import Notification
from forum.models.threads import Post


def tell(member: Member, kind: str = "answer", *, at: datetime | None = None, **about: Any) -> Notification:
    """A notification that is not read yet, about an event of its own; `about` are columns."""
    event = events.record("post.created")
    db.session.flush()
    row = Notification(
        member_id=member.id, event_id=event.id, kind=kind, created_at=at or clock.now(), **about
    )
    db.session.add(row)
    db.session.flush()
    return row


def tell_of(member: Member, post: Post, kind: str = "answer", **about: Any) -> Notification:
    """A notification about a post of somebody else."""
    return tell(member, kind, actor_id=post.author_id, thread_id=post.thread_id, post_id=post.id, **about)
