"""The thread beside a draft: its posts as plain text, with the excerpts of the draft already marked."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select

from forum.domain.people.bylines import Byline, byline
from forum.domain.threads.excerpts import Quoted
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.lessons import Lesson, LessonSource
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor
from forum.policy.visibility import sees, visible

POSTS = 40  # of a thread on one page
Piece = tuple[str, tuple[int, ...], str]  # text, the claims that rest on it, and the stance


@dataclass(frozen=True, slots=True)
class WorkbenchPost:
    """A post beside the draft: its plain text in lines, in which the excerpts are marked with their claims."""

    id: int
    number: int
    author: Byline
    created_at: datetime
    state: str
    lines: list[list[Piece]]
    used: list[int]


@dataclass(frozen=True, slots=True)
class SourceThread:
    """A thread that may be quoted from."""

    id: int
    slug: str
    title: str
    audience: str
    post_count: int
    last_number: int


def source_threads(actor: Actor, lesson: Lesson) -> list[SourceThread]:
    """Return the threads that the lesson was made from, as far as the actor may see them."""
    query = (
        visible(
            Thread,
            actor,
            Thread.id,
            Thread.slug,
            Thread.title,
            Thread.audience,
            Thread.post_count,
            Thread.last_number,
        )
        .join(LessonSource, LessonSource.thread_id == Thread.id)
        .where(LessonSource.lesson_id == lesson.id)
        .order_by(Thread.id)
    )
    return [SourceThread(*row) for row in db.session.execute(query)]


def posts(actor: Actor, thread: SourceThread, quotes: list[Quoted], page: int) -> list[WorkbenchPost]:
    """Return one page of a thread; `quotes` are the excerpts of the draft that come from it."""
    before = (page - 1) * POSTS
    query = (
        select(Post, PostRevision.plain, Member.name, Member.handle, Capacity)
        .join(Thread, Thread.id == Post.thread_id)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .join(Member, Member.id == Post.author_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(
            Thread.id == thread.id, sees(Thread, actor), Post.number > before, Post.number <= before + POSTS
        )
        .order_by(Post.number)
    )
    return [
        _post(post, plain, byline(name, handle, capacity), [q for q in quotes if q.post.id == post.id])
        for post, plain, name, handle, capacity in db.session.execute(query)
    ]


def marked_lines(plain: str, quotes: list[Quoted]) -> list[list[Piece]]:
    """Return plain text in lines, cut where an excerpt begins or ends, so that excerpts can be marked."""
    cuts = {0, len(plain)} | {offset for q in quotes for offset in (q.excerpt.start_at, q.excerpt.end_at)}
    lines: list[list[Piece]] = [[]]
    for start, end in pairwise(sorted(cuts)):
        covering = [q for q in quotes if q.excerpt.start_at <= start and end <= q.excerpt.end_at]
        numbers = tuple(sorted({q.position for q in covering}))
        stance = covering[0].excerpt.stance.value if covering else ""
        for index, text in enumerate(plain[start:end].split("\n")):
            if index:
                lines.append([])
            if text:
                lines[-1].append((text, numbers, stance))
    return [line for line in lines if line]


def _post(post: Post, plain: str, author: Byline, quotes: list[Quoted]) -> WorkbenchPost:
    state = "deleted" if post.deleted_at else "hidden" if post.hidden_at else "shown"
    return WorkbenchPost(
        id=post.id,
        number=post.number,
        author=author,
        created_at=post.created_at,
        state=state,
        lines=marked_lines(plain, [q for q in quotes if not q.edited]) if state == "shown" else [],
        used=sorted({q.position for q in quotes}),
    )
