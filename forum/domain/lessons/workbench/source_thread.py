"""The talk beside a draft: what may be quoted from, as plain words, with the words that are used already marked."""

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

POSTS = 40  # of a talk on one page
Piece = tuple[str, tuple[int, ...], str]  # words, the claims that rest on them, and the stance


@dataclass(frozen=True, slots=True)
class WorkbenchPost:
    """A post beside the draft: its plain words in lines, those that are used marked with their claims."""

    id: int
    number: int
    author: Byline
    created_at: datetime
    state: str
    lines: list[list[Piece]]
    used: list[int]


@dataclass(frozen=True, slots=True)
class SourceThread:
    """A talk that may be quoted from."""

    id: int
    slug: str
    title: str
    audience: str
    post_count: int
    last_number: int


def source_threads(actor: Actor, lesson: Lesson) -> list[SourceThread]:
    """The talks that the lesson was made from, as far as the actor may see them."""
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


def posts(actor: Actor, talk: SourceThread, quotes: list[Quoted], page: int) -> list[WorkbenchPost]:
    """One page of a talk; `quotes` are the excerpts of the draft that come from it."""
    first = (page - 1) * POSTS
    query = (
        select(Post, PostRevision.plain, Member.name, Member.handle, Capacity)
        .join(Thread, Thread.id == Post.thread_id)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .join(Member, Member.id == Post.author_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(Thread.id == talk.id, sees(Thread, actor), Post.number > first, Post.number <= first + POSTS)
        .order_by(Post.number)
    )
    return [
        _post(post, plain, byline(name, handle, capacity), [q for q in quotes if q.post.id == post.id])
        for post, plain, name, handle, capacity in db.session.execute(query)
    ]


def lines(plain: str, quotes: list[Quoted]) -> list[list[Piece]]:
    """Plain words in lines, cut where an excerpt begins or ends, so that used words can be marked."""
    cuts = {0, len(plain)} | {place for q in quotes for place in (q.excerpt.start_at, q.excerpt.end_at)}
    found: list[list[Piece]] = [[]]
    edges = sorted(cuts)
    for start, end in pairwise(edges):
        over = [q for q in quotes if q.excerpt.start_at <= start and end <= q.excerpt.end_at]
        numbers = tuple(sorted({q.position for q in over}))
        stance = over[0].excerpt.stance.value if over else ""
        for index, words in enumerate(plain[start:end].split("\n")):
            if index:
                found.append([])
            if words:
                found[-1].append((words, numbers, stance))
    return [line for line in found if line]


def _post(post: Post, plain: str, author: Byline, quotes: list[Quoted]) -> WorkbenchPost:
    state = "deleted" if post.deleted_at else "hidden" if post.hidden_at else "shown"
    return WorkbenchPost(
        id=post.id,
        number=post.number,
        author=author,
        created_at=post.created_at,
        state=state,
        lines=lines(plain, [q for q in quotes if not q.edited]) if state == "shown" else [],
        used=sorted({q.position for q in quotes}),
    )
