"""Posts that readers reported, each once: for moderators of its space, and for the deputy of one who wrote it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, select

from forum.domain.desk.queues.columns import Columns, in_workdays
from forum.domain.moderation import settlers, settling
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.post_reports import PostReport
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor
from forum.policy.visibility import sees

NAME = "reported"
WORKDAYS = 1

_FIRST = (
    select(PostReport.post_id, func.min(PostReport.reported_at).label("since_at"))
    .where(settlers.OPEN)
    .group_by(PostReport.post_id)
    .subquery("first_report")
)


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the reported posts of these spaces that wait for the actor; `item_id` is that of the post.

    `who` is the author. Who reported it stands in no row: `details` reads that for the one that is open.
    """
    columns = Columns(
        kind=NAME,
        item_id=Post.id,
        space_id=Thread.space_id,
        due_at=in_workdays(_FIRST.c.since_at, WORKDAYS),
        since_at=_FIRST.c.since_at,
        thread_id=Thread.id,
        post_number=Post.number,
        title=Thread.title,
        who=Member.name,
        words=PostRevision.plain,
    )
    return _joined(columns.select(), actor).where(Thread.space_id.in_(list(space_ids)))


def details(actor: Actor, item_id: int) -> settling.ToSettle | None:
    """Return the post with all that was reported of it; None where it waits for the actor no more (two queries)."""
    found: Any = select(Post, Thread, Member.name)
    row = db.session.execute(_joined(found, actor).where(Post.id == item_id)).one_or_none()
    if row is None:
        return None
    post, thread, name = row
    return settling.ToSettle(thread, post, name, settling.details(post.id))


def _joined(query: Select[Any], actor: Actor) -> Select[Any]:
    """A query from the reported posts that wait for the actor."""
    text = (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision)
    return (
        query.select_from(_FIRST)
        .join(Post, Post.id == _FIRST.c.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Member, Member.id == Post.author_id)
        .join(PostRevision, text)
        .where(
            Post.hidden_at.is_(None),
            Post.deleted_at.is_(None),
            sees(Thread, actor),
            settlers.settles(actor),
        )
    )
