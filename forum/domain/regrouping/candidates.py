"""The posts of a thread as a moderator chooses from them, and the threads into which one could go."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, literal, or_, select

from forum.domain.regrouping.refusals import MOST
from forum.domain.threads import mentions
from forum.domain.threads.running import RUNNING
from forum.infra import text
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor
from forum.policy.splitting import may_take_along
from forum.policy.visibility import visible

MOST_THREADS, FIRST_WORDS = 12, 140


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post with its first words, none while it is hidden or taken back; `may_go`: it is not the moderator's own."""

    number: int
    name: str
    words: str
    may_go: bool


@dataclass(frozen=True, slots=True)
class Other:
    """Another thread of the space."""

    id: int
    slug: str
    title: str


def page(actor: Actor, thread: Thread, *, after: int = 0) -> tuple[list[Candidate], int | None]:
    """Return the posts of a thread after a number, and the last number of these where there are more (two queries)."""
    found = _posts(actor, thread, Post.number > max(after, 0), limit=MOST + 1)
    return found[:MOST], found[MOST - 1].number if len(found) > MOST else None


def posts(actor: Actor, thread: Thread, numbers: Collection[int]) -> list[Candidate]:
    """Return the posts with these numbers of a thread that the actor moderates (two queries at most)."""
    return _posts(actor, thread, Post.number.in_(numbers), limit=MOST)


def _posts(actor: Actor, thread: Thread, asked: ColumnElement[bool], *, limit: int) -> list[Candidate]:
    shown = Post.hidden_at.is_(None) & Post.deleted_at.is_(None)
    query = (
        select(Post.id, Post.number, Post.author_id, Member.name)
        .add_columns(case((shown, PostRevision.plain), else_="").label("said"))
        .join(Member, Member.id == Post.author_id)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .where(Post.thread_id == thread.id, asked)
        .order_by(Post.number)
        .limit(limit)
    )
    rows = db.session.execute(query).all()
    words = mentions.in_plain({row.id: row.said for row in rows})
    return [
        Candidate(
            row.number,
            row.name,
            text.one_line(text.summary(words[row.id], FIRST_WORDS)),
            bool(may_take_along(actor, row.author_id)),
        )
        for row in rows
    ]


def other_threads(actor: Actor, thread: Thread) -> list[Other]:
    """Return the threads of its space in which somebody wrote last, for one of them to be chosen (one query).

    A closed one only for one that is closed as well: nobody could reply there.
    """
    query = (
        visible(Thread, actor, Thread.id, Thread.slug, Thread.title)
        .where(
            Thread.space_id == thread.space_id,
            Thread.id != thread.id,
            Thread.hidden_at.is_(None),
            Thread.withdrawn_at.is_(None),
            RUNNING,
            Thread.title != "",
            or_(Thread.locked_at.is_(None), literal(thread.locked_at is not None)),
        )
        .order_by(Thread.last_post_at.desc(), Thread.id.desc())
        .limit(MOST_THREADS)
    )
    return [Other(*row) for row in db.session.execute(query)]
