"""Beside the lines of an author's own log: against which they can object, and what came of it where they did."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from forum.domain.moderation.objections import GONE
from forum.infra import clock
from forum.infra.db import db
from forum.models.moderation import Action, ModerationAction
from forum.models.post_reports import PostObjection
from forum.models.sealing import Sealed, Sealing, SealingObjection
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.actors import Actor
from forum.policy.moderating import may_object
from forum.policy.visibility import sees
from forum.policy.words import may_object_to_leaving_out


@dataclass(frozen=True, slots=True)
class Against:
    """What an author can say against an act (`made_at` is empty), or said, and whether they were right in that."""

    post_id: int
    sealing_id: int | None = None  # of an act that left words out; else the post was hidden or deleted
    made_at: datetime | None = None
    is_decided: bool = False
    is_granted: bool = False


def of_lines(author: Actor, line_ids: Collection[int]) -> dict[int, Against]:
    """Return this for the lines about posts of the actor's own that they can still see (two queries)."""
    if not line_ids:
        return {}
    return _of_posts(author, line_ids) | _of_words(author, line_ids)


def _of_posts(author: Actor, line_ids: Collection[int]) -> dict[int, Against]:
    """Each time that a post was hidden or deleted wrote a line after it: what was said before the next is about it."""
    before = func.lag(ModerationAction.created_at).over(
        partition_by=ModerationAction.post_id, order_by=ModerationAction.id
    )
    line = _lines(line_ids, GONE, before.label("before"))

    def is_of_line(hidden_at: Any) -> Any:
        return and_(hidden_at <= line.c.created_at, or_(line.c.before.is_(None), hidden_at > line.c.before))

    query = (
        select(line.c.id, Post, PostObjection, is_of_line(Post.hidden_at).label("is_now"))
        .join(Post, Post.id == line.c.post_id)
        .outerjoin(PostObjection, and_(PostObjection.post_id == Post.id, is_of_line(PostObjection.hidden_at)))
        .where(line.c.id.in_(line_ids), Post.author_id == author.id, sees(Post, author))
    )
    found = {}
    for line_id, post, said, is_now in db.session.execute(query):
        if said is not None:
            decided = said.decided_at is not None
            found[line_id] = Against(post.id, None, said.made_at, decided, said.restored)
        elif is_now and may_object(author, post, is_made=False):
            found[line_id] = Against(post.id)
    return found


def _of_words(author: Actor, line_ids: Collection[int]) -> dict[int, Against]:
    """Each act that left words out wrote one line, in the same order."""
    line = _lines(line_ids, (Action.LEAVE_OUT,), _place(ModerationAction))
    posts = select(line.c.post_id)
    act = (
        select(Sealing.id, Sealing.post_id, _place(Sealing))
        .where(Sealing.kind == Sealed.LEAVE_OUT, Sealing.post_id.in_(posts))
        .subquery()
    )
    query = (
        select(line.c.id, Post, Sealing.id, UndoableAct.until, SealingObjection)
        .join(act, and_(act.c.post_id == line.c.post_id, act.c.place == line.c.place))
        .join(Sealing, Sealing.id == act.c.id)
        .join(UndoableAct, and_(UndoableAct.id == Sealing.act_id, UndoableAct.undone_at.is_(None)))
        .join(Post, Post.id == Sealing.post_id)
        .outerjoin(SealingObjection, SealingObjection.sealing_id == Sealing.id)
        .where(line.c.id.in_(line_ids), Post.author_id == author.id, sees(Post, author))
    )
    found = {}
    for line_id, post, sealing_id, until, said in db.session.execute(query):
        is_final = until <= clock.now()
        if said is not None:
            decided = said.decided_at is not None
            found[line_id] = Against(post.id, sealing_id, said.made_at, decided, said.granted)
        elif may_object_to_leaving_out(author, post, is_final=is_final, is_made=False):
            found[line_id] = Against(post.id, sealing_id)
    return found


def _lines(line_ids: Collection[int], actions: Collection[Action], column: Any) -> Any:
    """The lines of these kinds about the posts that the page names, also those that stand on another page."""
    posts = select(ModerationAction.post_id).where(ModerationAction.id.in_(line_ids))
    return (
        select(ModerationAction.id, ModerationAction.post_id, ModerationAction.created_at, column)
        .where(ModerationAction.action.in_(actions), ModerationAction.post_id.in_(posts))
        .subquery()
    )


def _place(table: Any) -> Any:
    return func.row_number().over(partition_by=table.post_id, order_by=table.id).label("place")
