"""The title of a post that opens a thread from now on, or no longer: it stands with the text of the post.

A post that opened a thread once has its title above it, and in its latest text as well: whatever takes words out of the
texts of a post finds them. An act keeps none of them, so that an undo brings back what stands there, and no more.
"""

from typing import Any

from sqlalchemy import select

from forum.domain.threads import post_store
from forum.infra import clock
from forum.infra.db import db
from forum.models.threads import Post, PostRevision
from forum.policy.actors import Actor


def give(post: Post, title: str, actor: Actor) -> dict[str, Any]:
    """Let a post open a thread with this title; return what `take_back` brings back.

    A title that its author gave it once is kept in its history.
    """
    latest = post_store.latest_revision(post)
    was = {"heading": bool(post.heading), "titled": post.revision if latest.title else 0}
    if latest.title in ("", title):
        latest.title = title
    else:
        post.revision += 1
        db.session.add(
            PostRevision(
                post_id=post.id,
                number=post.revision,
                body=latest.body,
                plain=latest.plain,
                title=title,
                created_at=clock.now(),
                editor_id=actor.id,
            )
        )
    post.heading = ""
    db.session.flush()
    return was


def take_back(post: Post, was: dict[str, Any]) -> None:
    """Let a post be a reply again, under the title that it had, as that stands in its history now."""
    title = ""
    if number := was.get("titled"):
        query = select(PostRevision.title).where(
            PostRevision.post_id == post.id, PostRevision.number == number
        )
        title = db.session.scalar(query) or ""
    post_store.latest_revision(post).title = title
    post.heading = title if was["heading"] else ""
    db.session.flush()


def become_heading(post: Post) -> None:
    """Let an opening post be a reply, with the title of its thread above it."""
    post.heading = post_store.latest_revision(post).title
    db.session.flush()
