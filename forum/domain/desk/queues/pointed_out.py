"""Posts that stand and have a word that is watched for, until a moderator of their space saw it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select

from forum.domain.desk.queues.columns import Columns, in_workdays
from forum.domain.held_posts import pointing
from forum.domain.held_posts.pointing import Pointed
from forum.models.accounts import Member
from forum.models.held import PointedOut
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor

NAME = "pointed_out"
WORKDAYS = 1


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the posts of these spaces that are pointed out; `words` is the word that is watched for."""
    columns = Columns(
        kind=NAME,
        item_id=PointedOut.id,
        space_id=Thread.space_id,
        due_at=in_workdays(PointedOut.at, WORKDAYS),
        since_at=PointedOut.at,
        thread_id=Thread.id,
        post_number=Post.number,
        title=Thread.title,
        who=Member.name,
        words=PointedOut.word,
    )
    text = (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision)
    return (
        columns.select()
        .select_from(PointedOut)
        .join(Post, Post.id == PointedOut.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Member, Member.id == Post.author_id)
        .join(PostRevision, text)
        .where(*pointing.pointed_to(actor), Thread.space_id.in_(list(space_ids)))
    )


def details(actor: Actor, item_id: int) -> Pointed | None:
    """Return the post with its words; None where it waits for the actor no more (one query)."""
    return pointing.one(actor, item_id)
