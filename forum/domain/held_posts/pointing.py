"""Posts that stand and have a watched word: pointed out to the moderators of their space, until one of them saw it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, select, update

from forum.domain.held_posts import matching
from forum.domain.spaces import spaces
from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.accounts import Member
from forum.models.held import HeldPost, PointedOut, Watch
from forum.models.spaces import Membership, Role
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import NotFound
from forum.policy.standing import belonging
from forum.policy.visibility import sees

MOST = 20


@dataclass(frozen=True, slots=True)
class Pointed:
    """A post with a word that is watched for, as the moderators of its space read it."""

    id: int
    word: str
    author_name: str
    thread_id: int
    thread_slug: str
    thread_title: str
    number: int
    words: str
    at: datetime


def look(post_id: int, *, is_change: bool) -> None:
    """Point out a post that was posted or changed, for each watched word in it that was not pointed out before.

    A change waits for nobody, so words that hold a post are pointed out in it. What a moderator wrote, or let appear a
    moment ago, is not.
    """
    row = db.session.execute(
        select(Post, Thread.space_id, PostRevision.title, PostRevision.plain)
        .join(Thread, Thread.id == Post.thread_id)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .where(Post.id == post_id, *_standing())
    ).one_or_none()
    if row is None or _is_trusted(row.Post, row.space_id, is_change):
        return
    kinds = (Watch.POINT_OUT, Watch.HOLD) if is_change else (Watch.POINT_OUT,)
    found = {word for watch in kinds for word in matching.found(row.space_id, [row.title, row.plain], watch)}
    rows = [{"post_id": post_id, "word": word, "at": clock.now()} for word in sorted(found)]
    insert_new(PointedOut, rows)


def of_space(actor: Actor, space_id: int) -> list[Pointed]:
    """Return what is pointed out in a space, the oldest first, and one more where there are more (one query).

    For its moderators: NotFound, Forbidden.
    """
    spaces.require_moderator(actor, space_id)
    query = _query(actor).where(Thread.space_id == space_id).order_by(PointedOut.at, PointedOut.id)
    return [_view(row) for row in db.session.execute(query.limit(MOST + 1))]


def one(actor: Actor, item_id: int) -> Pointed | None:
    """Return what is pointed out to the actor under that id; None where nothing is, or no more (one query)."""
    row = db.session.execute(_query(actor).where(PointedOut.id == item_id)).one_or_none()
    return None if row is None else _view(row)


def seen(actor: Actor, item_id: int) -> None:
    """Note that a moderator of its space saw it, who did not write it: it waits no more. Seen already it stays so.

    NotFound.
    """
    query = select(PointedOut.id).join(Post, Post.id == PointedOut.post_id)
    query = query.join(Thread, Thread.id == Post.thread_id).where(PointedOut.id == item_id, *_for(actor))
    if db.session.scalar(query) is None:
        raise NotFound
    first = (PointedOut.id == item_id, PointedOut.seen_at.is_(None))
    db.session.execute(update(PointedOut).where(*first).values(seen_at=clock.now(), seen_by_id=actor.id))


def pointed_to(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Return what is pointed out to this actor and not seen, for queries that join its post and its thread."""
    return (PointedOut.seen_at.is_(None), *_standing(), *_for(actor))


def _for(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    # Their own from before they moderated waits for another moderator.
    return (Thread.space_id.in_(moderated(actor)), sees(Thread, actor), Post.author_id != actor.id)


def _standing() -> tuple[ColumnElement[bool], ...]:
    return (Post.hidden_at.is_(None), Post.deleted_at.is_(None), Thread.withdrawn_at.is_(None))


def _is_trusted(post: Post, space_id: int, is_change: bool) -> bool:
    role = (
        Membership.member_id == post.author_id,
        Membership.space_id == space_id,
        Membership.role == Role.MODERATOR,
        belonging(Membership),
    )
    if db.session.scalar(select(Membership.id).where(*role)) is not None:
        return True
    approved = select(HeldPost.id).where(HeldPost.post_id == post.id)
    return not is_change and db.session.scalar(approved) is not None


def _query(actor: Actor) -> Select[Any]:
    query: Any = (
        select(
            PointedOut.id,
            PointedOut.word,
            Member.name.label("author_name"),
            Thread.id.label("thread_id"),
            Thread.slug.label("thread_slug"),
            Thread.title.label("thread_title"),
            Post.number,
            PostRevision.plain.label("words"),
            PointedOut.at,
        )
        .select_from(PointedOut)
        .join(Post, Post.id == PointedOut.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Member, Member.id == Post.author_id)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .where(*pointed_to(actor))
    )
    return cast(Select[Any], query)


def _view(row: Any) -> Pointed:
    return Pointed(**row._mapping)
