"""Where words stand in the posts that a lesson is made from: an excerpt freezes a place, not a string."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, select

from forum.domain.lessons import lessons
from forum.domain.lessons.workbench.source_thread import POSTS
from forum.domain.threads import mentions, sentences
from forum.infra import rates, text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.lessons import LessonSource
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.visibility import get_visible, visible

MOST = 20  # places that somebody can still choose from
MOST_POSTS, MOST_CHARACTERS = 400, POSTS * text.MAX_LENGTH  # searched at one press: a page at least
MOST_SEARCHES = "120 per hour"
AROUND = 90  # characters beside the words, to know a place by


class Place(NamedTuple):
    """`plain[start:end]` of one revision of a post, counted in code points."""

    revision: int  # its number
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place where pasted words stand, with what tells it from the others."""

    post_id: int
    place: Place
    post_number: int
    author: str
    thread_title: str
    before: str
    words: str
    after: str


class Found(NamedTuple):
    """The places that were found, and whether all posts were searched: a lesson may be made from very many."""

    places: list[FoundPlace]
    is_all: bool


def find(actor: Actor, lesson_id: int, words: str, *, thread_id: int | None = None, page: int = 1) -> Found:
    """Return the places of pasted words in the posts of the lesson's threads, first those on the page beside the draft.

    NotFound, Forbidden, TooOften; Invalid at `words` when they stand nowhere, or in more than MOST places.
    """
    lessons.open_draft(actor, lesson_id)
    rates.spend("find_words", f"member:{actor.id}", limit=MOST_SEARCHES)
    rows, is_all = _searched(actor, lesson_id, thread_id, page)
    typed = mentions.as_typed(words, [row.id for row in rows])
    found = (place for row in rows for place in _places(row, typed.get(row.id, words)))
    places = list(islice(found, MOST + 1))
    if not places and not is_all:
        raise Invalid(
            "words",
            _(
                "There are too many posts to search at once. "
                "Open the page of the thread where this text is, and paste it there."
            ),
        )
    if not places:
        raise Invalid("words", _("This text is not in the thread word for word. Copy it exactly."))
    if len(places) > MOST:
        raise Invalid(
            "words",
            _("This text is in more than %(limit)d places. Copy a few more words around it.", limit=MOST),
        )
    return Found(places, is_all)


def _searched(actor: Actor, lesson_id: int, thread_id: int | None, page: int) -> tuple[list[Any], bool]:
    """The posts that are searched, and whether these are all."""
    rows = db.session.execute(_posts(actor, lesson_id, thread_id, page).limit(MOST_POSTS + 1)).all()
    lengths = accumulate(len(row.plain) for row in rows)
    searched = [row for row, length in zip(rows, lengths, strict=True) if length <= MOST_CHARACTERS]
    return searched[:MOST_POSTS], len(searched) == len(rows) <= MOST_POSTS


def _posts(actor: Actor, lesson_id: int, thread_id: int | None, page: int) -> Select[Any]:
    """All that may be quoted in a lesson, first what stands on this page of this thread."""
    first = POSTS * (page - 1) + 1
    beside = and_(Post.thread_id == thread_id, Post.number.between(first, first + POSTS - 1))
    query: Select[Any] = (
        visible(
            Post, actor, Post.id, PostRevision.number.label("revision"), PostRevision.plain, Post.number,
            Member.name, Thread.title,
        )
        .join(LessonSource, LessonSource.thread_id == Post.thread_id)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .join(Member, Member.id == Post.author_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(LessonSource.lesson_id == lesson_id, Post.deleted_at.is_(None), Post.hidden_at.is_(None))
        .order_by(case((beside, 0), else_=1), Post.thread_id, Post.number)
    )  # fmt: skip
    return query


def joined(actor: Actor, post_id: int, chosen: Iterable[Place]) -> list[Place]:
    """Return the passages that picked sentences of a post make; those behind each other are one. NotFound."""
    post: Post = get_visible(Post, actor, post_id)
    picked = list(chosen)
    query = select(PostRevision.plain).where(
        PostRevision.post_id == post.id, PostRevision.number == post.revision
    )
    plain = db.session.scalars(query).one()
    if any(one.revision != post.revision for one in picked):
        raise _changed()
    spans = sentences.joined(plain, ((one.start, one.end) for one in picked))
    return [Place(post.revision, start, end) for start, end in spans]


def span(revision: PostRevision, words: str | None, place: Place | None) -> tuple[int, int]:
    """Return where an excerpt of `words` begins and ends, without white space around them; Invalid at `words`.

    Without words they are those of the place. Only the revision that stands in the post now can be quoted: nobody sees
    the earlier ones beside the draft.
    """
    if words is not None:
        words = mentions.as_typed(words, [revision.post_id]).get(revision.post_id, words)
    if place is None:
        return _only_place(revision, words or "")
    if place.revision != revision.number:
        raise _changed()
    said = revision.plain[place.start : place.end]
    begin, finish = len(said) - len(said.lstrip()), len(said.rstrip())
    if not said.strip() or (words is not None and not text.same_words(words, said)):
        raise _not_there()
    return place.start + begin, place.start + finish


def _only_place(revision: PostRevision, words: str) -> tuple[int, int]:
    spans = list(islice(text.locate(words, revision.plain), 2))
    if not spans:
        raise _not_there()
    if len(spans) > 1:
        raise Invalid(
            "words", _("This text is in this post more than once. Copy a few more words around it.")
        )
    return spans[0]


def _places(row: Any, words: str) -> Iterator[FoundPlace]:
    for start, end in text.locate(words, row.plain):
        yield FoundPlace(
            post_id=row.id,
            place=Place(row.revision, start, end),
            post_number=row.number,
            author=row.name,
            thread_title=row.title,
            before=_before(row.plain[:start]),
            words=row.plain[start:end],
            after=_after(row.plain[end:]),
        )


def _before(plain: str) -> str:
    """The end of this text, from the beginning of a word."""
    if len(plain) <= AROUND:
        return plain
    cut = plain[-AROUND:]
    return "…" + (cut.partition(" ")[2] or cut)


def _after(plain: str) -> str:
    """The beginning of this text, to the end of a word."""
    if len(plain) <= AROUND:
        return plain
    cut = plain[:AROUND]
    return (cut.rpartition(" ")[0] or cut) + "…"


def _changed() -> Invalid:
    return Invalid("words", _("This post was changed after you opened the page. Select the text again."))


def _not_there() -> Invalid:
    return Invalid("words", _("This text is not in this post word for word. Copy it exactly."))
