"""What a page shows of lessons and threads that were found: titles, and the passages that have it, marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, and_, false, select

from forum.domain.indexing.keys import Keys
from forum.domain.indexing.kinds import LISTS, PARAGRAPHS, of_post
from forum.domain.lessons import adoptions, library
from forum.domain.lessons.library import LessonCard
from forum.domain.people.bylines import COLUMNS as BYLINE
from forum.domain.people.bylines import Byline, speaker
from forum.domain.search.lesson_candidates import BODY, LessonHit
from forum.domain.search.passages import Keyed, Marked, Marker
from forum.domain.search.sought import Search, standing
from forum.domain.search.thread_candidates import ThreadHit
from forum.domain.threads import mentions
from forum.infra import text
from forum.infra.in_lists import in_list
from forum.infra.search_keys.words import words
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity, Member
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonVersion
from forum.models.search import ClaimText, PostText, VersionText
from forum.models.threads import Post, PostRevision
from forum.policy.actors import Actor
from forum.policy.finding import finds
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

FEW_CLAIMS, FEW_POSTS = 2, 3  # of one lesson, of one thread
FIELDS = (*PARAGRAPHS, *LISTS)


class ClaimPassage(NamedTuple):
    """A claim in which it stands."""

    number: int
    words: Marked


class FieldPassage(NamedTuple):
    """A passage of another part of a lesson, by the name of its column."""

    name: str
    words: Marked


class PostPassage(NamedTuple):
    """A passage of a post, and who wrote it."""

    number: int
    words: Marked
    author: Byline
    said_at: datetime


@dataclass(frozen=True, slots=True)
class LessonResult:
    """A lesson that was found."""

    card: LessonCard
    title: Marked
    one_sentence: Marked
    claims: list[ClaimPassage]
    body: FieldPassage | None


@dataclass(frozen=True, slots=True)
class ThreadResult:
    """A thread that was found. `more`: how many of its posts were found besides those that are shown.

    `next_number`: the first of these, by its number.
    """

    id: int
    slug: str
    title: Marked
    need: str
    axis: str | None
    outcome: str | None
    cities: tuple[str, ...]
    space_id: int
    posts: list[PostPassage]
    more: int
    next_number: int


def of(
    reader: Actor | None, search: Search, keys: Keys, lessons: list[LessonHit], threads: list[ThreadHit]
) -> tuple[list[LessonResult], list[ThreadResult]]:
    """Return what stands on a page, in this order (a query for each kind of text, and one for the words in all)."""
    claims, shown = _claims(reader, search, lessons), _lessons(reader, lessons)
    without_claim = {hit.version_id for hit in lessons if hit.place == BODY}
    without_claim -= {row.version_id for row in claims}
    bodies = {row.version_id: [*_fields(row)] for row in shown if row.version_id in without_claim}
    posts = _posts(reader, threads)
    keyed = [_title(row) for row in (*shown, *threads)]
    keyed += [Keyed(row.one_sentence, _terms(row.sentence_terms)) for row in shown]
    keyed += [Keyed(row.text, _terms(row.terms)) for row in claims]
    keyed += [_said(row) for row in posts]
    keyed += [part for fields in bodies.values() for _name, part in fields]
    marker = Marker(search, keys)
    marker.learn(keyed)
    draw = _Drawing(marker)
    return draw.lessons(shown, claims, bodies), draw.threads(threads, posts)


def of_posts(reader: Actor, search: Search, keys: Keys, post_ids: list[int]) -> dict[int, PostPassage]:
    """Return the passages of posts that the reader may read, by their ids (two queries, and one where any has an @)."""
    rows = select_rows(_posts_by_id(signed_in=True), {**reader_values(reader), "ids": post_ids}).all()
    marker = Marker(search, keys)
    marker.learn([_said(row) for row in rows])
    return _Drawing(marker).posts(rows)


class _Drawing:
    """What marks the words that were found."""

    def __init__(self, marker: Marker) -> None:
        self.marker = marker

    def lessons(
        self, rows: Sequence[Any], claims: Sequence[Any], bodies: Mapping[int, list[tuple[str, Keyed]]]
    ) -> list[LessonResult]:
        """Lessons with the first claims in which it stands, or else the passage of their text."""
        said: dict[int, list[ClaimPassage]] = {}
        for row in claims:
            said.setdefault(row.version_id, []).append(
                ClaimPassage(row.position, self.marker.marked(Keyed(row.text, _terms(row.terms))))
            )
        return [
            LessonResult(
                card,
                self.marker.marked(_title(row)),
                self.marker.marked(Keyed(row.one_sentence, _terms(row.sentence_terms))),
                said.get(row.version_id, [])[:FEW_CLAIMS],
                self._body(bodies.get(row.version_id, ())),
            )
            for row, card in zip(rows, library.cards_of(rows), strict=True)
        ]

    def threads(self, hits: list[ThreadHit], rows: Sequence[Any]) -> list[ThreadResult]:
        """Threads with the first posts in which it stands."""
        said, posts = self.posts(rows), dict[int, list[PostPassage]]()
        for row in rows:
            posts.setdefault(row.thread_id, []).append(said[row.id])
        others = {hit.id: sorted(hit.posts.values())[FEW_POSTS:] for hit in hits}
        return [
            ThreadResult(
                id=hit.id,
                slug=hit.slug,
                title=self.marker.marked(_title(hit)),
                need=hit.needs[0],
                axis=hit.axis,
                outcome=hit.outcome,
                cities=hit.cities,
                space_id=hit.space_id,
                posts=posts.get(hit.id, []),
                more=len(others[hit.id]),
                next_number=next(iter(others[hit.id]), 0),
            )
            for hit in hits
        ]

    def posts(self, rows: Sequence[Any]) -> dict[int, PostPassage]:
        """The passages of posts, by their ids."""
        names = mentions.names_in([row.id for row in rows if "@" in row.plain])
        posts: dict[int, PostPassage] = {}
        for row in rows:
            found = self.marker.passage(_said(row))
            said = tuple((text.with_names(part, names.get(row.id, {})), mark) for part, mark in found)
            author = speaker(row, said_at=row.created_at)
            posts[row.id] = PostPassage(row.number, said, author, row.created_at)
        return posts

    def _body(self, fields: Iterable[tuple[str, Keyed]]) -> FieldPassage | None:
        found = [(len(self.marker.spans(keyed)), name, keyed) for name, keyed in fields]
        number, name, keyed = max(found, key=lambda one: one[0], default=(0, "", Keyed("", ())))
        return FieldPassage(name, self.marker.passage(keyed)) if number else None


def _title(row: Any) -> Keyed:
    """The title of a lesson or thread."""
    return Keyed(row.title, _terms(row.title_terms))


def _said(row: Any) -> Keyed:
    """The text of a post, as it is in the index."""
    return Keyed(of_post(row.heading, row.plain), _terms(row.terms))


def _terms(terms: str | None) -> list[str]:
    return (terms or "").split()


def _fields(row: Any) -> Iterable[tuple[str, Keyed]]:
    """The parts of the body of a lesson with the keys of their words: in the index they stand one after another."""
    terms, at = _terms(row.body_terms), 0
    for name in FIELDS:
        value = getattr(row, name)
        for part in value if isinstance(value, list) else [value]:
            size = len(words(part))
            yield name, Keyed(part, terms[at : at + size])
            at += size


def _claims(reader: Actor | None, search: Search, hits: list[LessonHit]) -> Sequence[Any]:
    """The claims of these lessons in which some of it stands: of so few, they are looked through here."""
    if not hits or not search.wanted:
        return ()
    values = {**reader_values(reader), "ids": [hit.version_id for hit in hits]}
    rows = select_rows(_claims_of(reader is not None), values)
    return [row for row in rows if standing(search.wanted, row.terms, row.parts)]


def _lessons(reader: Actor | None, hits: list[LessonHit]) -> Sequence[Any]:
    """These lessons as the reader gets them, in this order."""
    if not hits:
        return ()
    values = {**reader_values(reader), "ids": [hit.version_id for hit in hits]}
    rows = {row.version_id: row for row in select_rows(_lessons_of(reader is not None), values)}
    return [rows[hit.version_id] for hit in hits if hit.version_id in rows]


def _posts(reader: Actor | None, hits: list[ThreadHit]) -> Sequence[Any]:
    first = [post_id for hit in hits for post_id in sorted(hit.posts, key=hit.posts.__getitem__)[:FEW_POSTS]]
    values = {**reader_values(reader), "ids": first}
    return select_rows(_posts_by_id(reader is not None), values).all() if first else ()


@cached
def _claims_of(signed_in: bool) -> Select[Any]:
    query: Any = (
        select(Claim.version_id, Claim.position, Claim.text, ClaimText.terms, ClaimText.parts)
        .join(ClaimText, ClaimText.claim_id == Claim.id)
        .where(in_list(Claim.version_id, "ids"), sees(Claim, reader_param(signed_in)))
    )
    return cast(Select[Any], query.order_by(Claim.version_id, Claim.position))


@cached
def _lessons_of(signed_in: bool) -> Select[Any]:
    query: Any = (
        library.cards(signed_in)
        .add_columns(
            LessonVersion.id.label("version_id"),
            adoptions.written(Lesson.id),
            VersionText.title_terms,
            VersionText.sentence_terms,
            VersionText.body_terms,
            *(getattr(LessonVersion, name) for name in FIELDS),
        )
        .outerjoin(VersionText, VersionText.version_id == LessonVersion.id)
        .where(in_list(LessonVersion.id, "ids"))
    )
    return cast(Select[Any], query)


@cached
def _posts_by_id(signed_in: bool) -> Select[Any]:
    reader = reader_param(signed_in)
    reader_id: Any = reader.id if reader else None
    present = and_(PostRevision.post_id == Post.id, PostRevision.number == Post.revision)
    query: Any = (
        select(
            Post.id,
            Post.thread_id,
            Post.number,
            Post.created_at,
            Post.heading,
            PostRevision.plain,
            PostText.terms,
            (finds(reader_id) if reader else false()).label("author_found"),
            *BYLINE,
        )
        .join(PostRevision, present)
        .join(Member, Member.id == Post.author_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .outerjoin(PostText, PostText.post_id == Post.id)
        .where(
            in_list(Post.id, "ids"),
            Post.hidden_at.is_(None),
            Post.deleted_at.is_(None),
            sees(Post, reader),
        )
    )
    return cast(Select[Any], query.order_by(Post.thread_id, Post.number))
