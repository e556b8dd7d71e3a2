"""The thread beside a draft: its posts as plain text, with the excerpts of the draft already marked."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any, NamedTuple, cast

from sqlalchemy import Integer, Select, bindparam, case, select

from forum.domain.people.bylines import COLUMNS, Byline, speaker
from forum.domain.threads import sentences
from forum.domain.threads.excerpts import Quoted
from forum.domain.threads.sentences import Span
from forum.infra import text
from forum.infra.db import db
from forum.infra.in_lists import in_list
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity, Member
from forum.models.claims import Removal
from forum.models.lessons import Lesson, LessonSource
from forum.models.spaces import Space
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

POSTS = 50  # of a thread on one page
JOINED = 12  # signs at the end of a passage, at most, that no line end parts from the numbers of its claims
MOST_KEPT = 200  # texts that are kept cut
PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)*")  # up to an empty line
USED, UNUSED = "used", "unused"  # posts that a claim rests on come first; only those that none rests on


class Piece(NamedTuple):
    """A part of a sentence, cut where an excerpt, or what to look at, begins or ends."""

    start: int  # in the plain text, in code points
    text: str
    claims: tuple[int, ...]  # the numbers of those that rest on it
    stance: str
    is_telling: bool = False  # somebody may be recognised by it
    is_last: bool = True  # of those that these claims rest on: their numbers follow

    @property
    def parts(self) -> list[tuple[int, str, bool]]:
        """Where it begins and the text: up to the last word, that word (True: the numbers follow), white space."""
        words = self.text.rstrip()
        begin = max(len(words) - JOINED, len(words) - len(re.split(r"\s", words)[-1]))
        cut = [
            (0, words[:begin], False),
            (begin, words[begin:], self.is_last),
            (len(words), self.text[len(words) :], False),
        ]
        return [(self.start + at, text, is_end) for at, text, is_end in cut if text]


class Sentence(NamedTuple):
    """What can be picked whole, `plain[start:end]`, in pieces; and the white space after it."""

    start: int
    end: int
    pieces: tuple[Piece, ...]
    after: tuple[Piece, ...]
    is_kept: bool  # its author took words of it out of the lesson: it cannot be picked


@dataclass(frozen=True, slots=True)
class WorkbenchPost:
    """A post beside the draft: its plain text in paragraphs of sentences, the excerpts marked with their claims."""

    id: int
    number: int
    author: Byline
    created_at: datetime
    state: str
    revision: int
    paragraphs: list[tuple[Sentence, ...]]
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
    space_name: str


class Marks(NamedTuple):
    """What is marked in the posts of a thread: excerpts of the draft, and places by the id of their post.

    `telling` are to be looked at, `kept` cannot be picked: words that their author took out of the lesson.
    """

    quotes: Sequence[Quoted]
    telling: Mapping[int, Sequence[Span]]
    kept: Mapping[int, Sequence[str]]

    @property
    def used_ids(self) -> set[int]:
        """The posts that a claim rests on."""
        return {quoted.post.id for quoted in self.quotes}


def source_threads(actor: Actor, lesson: Lesson) -> list[SourceThread]:
    """Return the threads that the lesson was made from, as far as the actor may see them."""
    values = {**reader_values(actor), "lesson_id": lesson.id}
    return [SourceThread(*row) for row in select_rows(_source_threads(), values)]


@cached
def _source_threads() -> Select[Any]:
    query: Any = (
        select(
            Thread.id,
            Thread.slug,
            Thread.title,
            Thread.audience,
            Thread.post_count,
            Thread.last_number,
            Space.name,
        )
        .join(Space, Space.id == Thread.space_id)
        .join(LessonSource, LessonSource.thread_id == Thread.id)
        .where(
            sees(Thread, reader_param(signed_in=True)),
            LessonSource.lesson_id == bindparam("lesson_id", type_=Integer),
        )
        .order_by(Thread.id)
    )
    return cast(Select[Any], query)


class Marked(NamedTuple):
    """What is marked in the text of one post, as `Marks` has it for all of them."""

    quotes: Sequence[Quoted]
    telling: Sequence[Span]
    kept: Sequence[Span]


def taken_out(lesson: Lesson, thread: SourceThread) -> dict[int, list[str]]:
    """Return the words that authors took out of the lesson, by the posts of a thread in which they stood."""
    query = (
        select(Removal.start_at, Removal.end_at, PostRevision.post_id, PostRevision.plain)
        .join(PostRevision, PostRevision.id == Removal.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .where(Removal.lesson_id == lesson.id, Removal.undone_at.is_(None), Post.thread_id == thread.id)
    )
    found: dict[int, list[str]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.post_id, []).append(row.plain[row.start_at : row.end_at])
    return found


def pages(thread: SourceThread, used_ids: Collection[int], show: str = "") -> int:
    """Return how many pages the posts of a thread take."""
    posts = thread.post_count - len(used_ids) if show == UNUSED else thread.last_number
    return max(1, -(-posts // POSTS))


def posts(
    actor: Actor, thread: SourceThread, marks: Marks, page: int = 1, show: str = ""
) -> list[WorkbenchPost]:
    """Return one page of a thread (one query); `show`: USED or UNUSED, or all of it in order."""
    values = {
        **reader_values(actor),
        "thread_id": thread.id,
        "used": sorted(marks.used_ids),
        "before": (page - 1) * POSTS,
    }
    found: dict[int, list[Quoted]] = {}
    for quoted in marks.quotes:
        found.setdefault(quoted.post.id, []).append(quoted)
    return [
        _post(row, marks._replace(quotes=found.get(row.id, []))) for row in select_rows(_posts(show), values)
    ]


@cached
def _posts(show: str) -> Select[Any]:
    """A page of a thread, from what stands `before` it."""
    before, used = bindparam("before", type_=Integer), in_list(Post.id, "used")
    query: Any = (
        select(
            Post.id,
            Post.number,
            Post.created_at,
            Post.deleted_at,
            Post.hidden_at,
            Post.revision,
            PostRevision.plain,
            *COLUMNS,
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .join(Member, Member.id == Post.author_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(Thread.id == bindparam("thread_id", type_=Integer), sees(Thread, reader_param(signed_in=True)))
    )
    if show == USED:
        query = query.order_by(case((used, 0), else_=1), Post.number).offset(before).limit(POSTS)
    elif show == UNUSED:
        standing = (Post.deleted_at.is_(None), Post.hidden_at.is_(None), ~used)
        query = query.where(*standing).order_by(Post.number).offset(before).limit(POSTS)
    else:
        query = query.where(Post.number > before, Post.number <= before + POSTS).order_by(Post.number)
    return cast(Select[Any], query)


def marked_paragraphs(
    plain: str, quotes: Sequence[Quoted], telling: Sequence[Span] = (), kept: Sequence[Span] = ()
) -> list[tuple[Sentence, ...]]:
    """Return plain text in paragraphs of sentences, in pieces: excerpts can be marked and places read off.

    `kept`: what cannot be picked; a sentence that overlaps it says so.
    """
    return [
        tuple(_sentences(plain, paragraph.span(), Marked(quotes, telling, kept)))
        for paragraph in PARAGRAPH.finditer(plain)
    ]


def _paragraphs(
    plain: str, quotes: Sequence[Quoted], telling: Sequence[Span], kept: Sequence[Span]
) -> list[tuple[Sentence, ...]]:
    """The same; most posts have nothing that is marked, and are cut once."""
    if quotes or telling or kept:
        return marked_paragraphs(plain, quotes, telling, kept)
    return list(_unmarked(plain))


@lru_cache(MOST_KEPT)
def _unmarked(plain: str) -> tuple[tuple[Sentence, ...], ...]:
    return tuple(marked_paragraphs(plain, ()))


def _sentences(plain: str, paragraph: Span, marked: Marked) -> Iterator[Sentence]:
    """The sentences of a paragraph; the first one with the white space before it."""
    begin, finish = paragraph
    spans = sentences.cut(plain, begin, finish) or [(begin, begin)]
    pieces = _pieces(plain, {begin, finish, *chain(*spans)}, marked)
    starts = [begin, *(start for start, _end in spans[1:]), finish]
    for (start, end), (first, then) in zip(spans, pairwise(starts), strict=True):
        own = [piece for piece in pieces if first <= piece.start < then]
        yield Sentence(
            start,
            end,
            tuple(piece for piece in own if piece.start < end),
            tuple(piece for piece in own if piece.start >= end),
            any(start < until and at < end for at, until in marked.kept),
        )


def _pieces(plain: str, ends: Collection[int], marked: Marked) -> list[Piece]:
    """What lies between these ends, and those of what is marked there."""
    begin, finish = min(ends), max(ends)
    marks = [(q.excerpt.start_at, q.excerpt.end_at) for q in marked.quotes]
    cuts = sorted({*ends, *(at for at in chain(*marks, *marked.telling) if begin < at < finish)})
    pieces: list[Piece] = []
    for start, end in pairwise(cuts):
        covering = [q for q in marked.quotes if q.excerpt.start_at <= start and end <= q.excerpt.end_at]
        claims = tuple(sorted({q.position for q in covering}))
        stance = covering[0].excerpt.stance.value if covering else ""
        is_telling = any(at <= start and end <= until for at, until in marked.telling)
        if pieces and pieces[-1].claims == claims:
            pieces[-1] = pieces[-1]._replace(is_last=False)
        pieces.append(Piece(start, plain[start:end], claims, stance, is_telling))
    return pieces


def _post(row: Any, marks: Marks) -> WorkbenchPost:
    state = "deleted" if row.deleted_at else "hidden" if row.hidden_at else "shown"
    unchanged = [q for q in marks.quotes if not q.edited]
    kept = [span for words in marks.kept.get(row.id, ()) for span in text.locate(words, row.plain)]
    return WorkbenchPost(
        id=row.id,
        number=row.number,
        author=speaker(row, said_at=row.created_at),
        created_at=row.created_at,
        state=state,
        revision=row.revision,
        paragraphs=_paragraphs(row.plain, unchanged, marks.telling.get(row.id, ()), kept)
        if state == "shown"
        else [],
        used=sorted({q.position for q in marks.quotes}),
    )
