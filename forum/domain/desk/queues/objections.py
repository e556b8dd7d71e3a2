"""Objections of authors whose post is hidden: for moderators who did not hide it, and the deputy of the only one."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select

from forum.domain.desk.queues.columns import Columns, in_workdays
from forum.domain.moderation import objections, settlers
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.post_reports import PostObjection
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.visibility import reached

NAME = "objections"
WORKDAYS = 5


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the objections in these spaces that wait for the actor; `item_id` is the post, `words` what is said."""
    columns = Columns(
        kind=NAME,
        item_id=Post.id,
        space_id=Thread.space_id,
        due_at=in_workdays(PostObjection.made_at, WORKDAYS),
        since_at=PostObjection.made_at,
        thread_id=Thread.id,
        post_number=Post.number,
        title=Thread.title,
        who=Member.name,
        words=PostObjection.words,
    )
    return _joined(columns.select(), actor).where(Thread.space_id.in_(list(space_ids)))


def details(actor: Actor, item_id: int) -> objections.ToDecide | None:
    """Return the objection with the post; None where it waits for the actor no more (two queries)."""
    found: Any = select(Post, Thread, Member.name, PostObjection)
    row = db.session.execute(_joined(found, actor).where(Post.id == item_id)).one_or_none()
    if row is None:
        return None
    post, thread, name, objection = row
    return objections.shown(actor, thread, post, name, objection)


def _joined(query: Select[Any], actor: Actor) -> Select[Any]:
    """A query from the open objections that wait for the actor."""
    return (
        query.select_from(PostObjection)
        .join(Post, Post.id == PostObjection.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Member, Member.id == PostObjection.author_id)
        .where(
            objections.OPEN,
            Post.hidden_at == PostObjection.hidden_at,
            Post.deleted_at.is_(None),
            # Not `sees`: of a hidden opening post the deputy sees no thread, and decides on it all the same.
            reached(Thread.audience, Thread.space_id, actor),
            Thread.withdrawn_at.is_(None),
            settlers.decides(actor),
        )
    )
