"""The thread beside a draft: its posts as plain text, with the excerpts of the draft already marked."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

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
JOINED = 12  # signs at the end of a passage, at most, that no line end parts from the numbers of its claims
PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)*")  # up to an empty line


class Piece(NamedTuple):
    """A part of a paragraph, cut where an excerpt begins or ends."""

    start: int  # in the plain text, in code points
    text: str
    claims: tuple[int, ...]  # the numbers of those that rest on it
    stance: str

    @property
    def parts(self) -> list[tuple[int, str, bool]]:
        """Where it begins and the text: up to the last word, that word (True: the numbers follow), white space."""
        words = self.text.rstrip()
        begin = max(len(words) - JOINED, len(words) - len(re.split(r"\s", words)[-1]))
        cut = [
            (0, words[:begin], False),
            (begin, words[begin:], True),
            (len(words), self.text[len(words) :], False),
        ]
        return [(self.start + at, text, is_end) for at, text, is_end in cut if text]


@dataclass(frozen=True, slots=True)
class WorkbenchPost:
    """A post beside the draft: its plain text in paragraphs, in which the excerpts are marked with their claims."""

    id: int
    number: int
    author: Byline
    created_at: datetime
    state: str
    revision: int
    paragraphs: list[list[Piece]]
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
        _post(
            post,
            plain,
            byline(name, handle, capacity, said_at=post.created_at),
            [q for q in quotes if q.post.id == post.id],
        )
        for post, plain, name, handle, capacity in db.session.execute(query)
    ]


def marked_paragraphs(plain: str, quotes: list[Quoted]) -> list[list[Piece]]:
    """Return plain text in paragraphs, each in pieces, so that excerpts can be marked and places read off."""
    return [_pieces(plain, *paragraph.span(), quotes) for paragraph in PARAGRAPH.finditer(plain)]


def _pieces(plain: str, begin: int, finish: int, quotes: list[Quoted]) -> list[Piece]:
    ends = {offset for q in quotes for offset in (q.excerpt.start_at, q.excerpt.end_at)}
    cuts = sorted({begin, finish} | {offset for offset in ends if begin < offset < finish})
    pieces = []
    for start, end in pairwise(cuts):
        covering = [q for q in quotes if q.excerpt.start_at <= start and end <= q.excerpt.end_at]
        claims = tuple(sorted({q.position for q in covering}))
        stance = covering[0].excerpt.stance.value if covering else ""
        pieces.append(Piece(start, plain[start:end], claims, stance))
    return pieces


def _post(post: Post, plain: str, author: Byline, quotes: list[Quoted]) -> WorkbenchPost:
    state = "deleted" if post.deleted_at else "hidden" if post.hidden_at else "shown"
    return WorkbenchPost(
        id=post.id,
        number=post.number,
        author=author,
        created_at=post.created_at,
        state=state,
        revision=post.revision,
        paragraphs=marked_paragraphs(plain, [q for q in quotes if not q.edited]) if state == "shown" else [],
        used=sorted({q.position for q in quotes}),
    )
