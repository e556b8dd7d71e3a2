"""A reply that answers one post: kept as the id of that post, drawn when it is read."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import case, select

from forum.domain.threads import mentions
from forum.domain.threads.views import Answered
from forum.infra import text
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.visibility import Reader, visible

FIRST_WORDS = 140


@dataclass(frozen=True, slots=True)
class Target:
    """The post that a reply is going to answer; `words` are its first, none while nobody can read them."""

    number: int
    name: str
    words: str


def target(reader: Reader | None, thread_id: int, number: int) -> Target | None:
    """Return a post of a thread, by its number, for whoever may read it; None for none (one query)."""
    shown = Post.hidden_at.is_(None) & Post.deleted_at.is_(None)
    said = case((shown, PostRevision.plain), else_="").label("said")
    row = db.session.execute(
        visible(Post, reader, Post.id, Post.number, Member.name, said)
        .join(Member, Member.id == Post.author_id)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .where(Post.thread_id == thread_id, Post.number == number)
    ).one_or_none()
    if row is None:
        return None
    words = mentions.in_plain({row.id: row.said})[row.id]
    return Target(row.number, row.name, text.one_line(text.summary(words, FIRST_WORDS)))


def elsewhere(reader: Reader | None, post_ids: Collection[int]) -> dict[int | None, Answered]:
    """Return those of these posts that the reader may see, by their ids, with the threads where they stand (a query).

    A reply that was split off still answers what it answered, for who sees both.
    """
    rows = db.session.execute(
        visible(Post, reader, Post.id, Post.thread_id, Post.number, Member.name, Thread.slug)
        .join(Member, Member.id == Post.author_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id.in_(post_ids))
    )
    return {row.id: Answered(row.thread_id, row.number, row.name, row.slug) for row in rows}


def keep(post: Post, number: int | None) -> None:
    """Keep which post of its thread a reply answers; a number that no other post of it has is none."""
    if number is not None:
        about = select(Post.id).where(
            Post.thread_id == post.thread_id, Post.number == number, Post.id != post.id
        )
        post.answers_id = db.session.scalar(about)
