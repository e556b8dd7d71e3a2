"""Objections of authors to words left out: for moderators who did not do it, and the deputy of the only one."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select

from forum.domain.desk.queues.columns import Columns, in_workdays
from forum.domain.moderation import leaving_out_objections
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.sealing import Sealing, SealingObjection
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.visibility import sees

NAME = "left_out"
WORKDAYS = 5


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the objections in these spaces that wait for the actor; `item_id` is the act, `words` what is said."""
    columns = Columns(
        kind=NAME,
        item_id=Sealing.id,
        space_id=Thread.space_id,
        due_at=in_workdays(SealingObjection.made_at, WORKDAYS),
        since_at=SealingObjection.made_at,
        thread_id=Thread.id,
        post_number=Post.number,
        title=Thread.title,
        who=Member.name,
        words=SealingObjection.words,
    )
    return _joined(columns.select(), actor).where(Thread.space_id.in_(list(space_ids)))


def details(actor: Actor, item_id: int) -> leaving_out_objections.ToDecide | None:
    """Return the objection with the post; None where it waits for the actor no more (two queries)."""
    found: Any = select(Sealing, Thread, Post, Member.name, SealingObjection)
    row = db.session.execute(_joined(found, actor).where(Sealing.id == item_id)).one_or_none()
    if row is None:
        return None
    sealing, thread, post, name, said = row
    return leaving_out_objections.shown(actor, (sealing, thread, post, name, said))


def _joined(query: Select[Any], actor: Actor) -> Select[Any]:
    """A query from the open objections that wait for the actor."""
    return (
        query.select_from(SealingObjection)
        .join(Sealing, Sealing.id == SealingObjection.sealing_id)
        .join(Post, Post.id == Sealing.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Member, Member.id == Post.author_id)
        .where(
            leaving_out_objections.OPEN,
            Post.sealed_at.is_(None),
            Post.deleted_at.is_(None),
            sees(Thread, actor),
            leaving_out_objections.decides(actor),
        )
    )
