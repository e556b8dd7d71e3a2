"""Threads that may answer a question: by their titles, all that fit, and by their posts, the newest that do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select

from forum.domain.people import found_by
from forum.domain.search.choice import Choice
from forum.domain.search.lookup import Lookup
from forum.domain.search.sought import Search, standing
from forum.domain.search.thread_queries import HIT, MOST_POSTS, MOST_TITLES, Shape, narrowing, posts, threads
from forum.infra.columns import read_codes
from forum.infra.db import Base
from forum.infra.search_ids import Ids
from forum.infra.search_index import matches, row_matches
from forum.infra.search_questions import Node
from forum.infra.statements import planned_each_time, select_rows
from forum.models.search import PostText, TitleText
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_values

MOST_TEXTS = 100  # are read for a word that may have been meant
TITLE, BODY = 0, 2  # where a match stands
_INDEXED: dict[str, tuple[Any, type[Base]]] = {
    "titles": (Thread.id, TitleText),
    "posts": (Post.id, PostText),
}


@dataclass(slots=True)
class ThreadHit:
    """A thread that was found, with the numbers of its posts that were, by their ids."""

    id: int
    slug: str
    title: str
    needs: tuple[str, ...]  # the one that it has
    axis: str | None
    outcome: str | None
    cities: tuple[str, ...]
    last_post_at: Any  # as the database has it: to be put in order
    space_id: int
    title_terms: str | None  # the keys of its words
    by_title: bool = False
    by_part: bool = False  # in the place where it was found a word stands as a part of another one alone
    lacking: int = 0  # of the words, in its title
    there: set[int] = field(default_factory=set)  # which of the words are in it, where not all have to be
    missing: int = 0  # of the words, in it at all
    posts: dict[int, int] = field(default_factory=dict)

    @property
    def place(self) -> int:
        """Where it was found: in its title, or else in a post."""
        return TITLE if self.by_title else BODY


@dataclass(frozen=True, slots=True)
class Found:
    """Threads by id; whether more titles fit, and whether more posts do than were looked at."""

    threads: dict[int, ThreadHit] = field(default_factory=dict)
    more_titles: bool = False
    more_posts: bool = False


class _Asked(NamedTuple):
    """One question to the tables, with what it is narrowed to."""

    shape: Shape
    values: dict[str, Any]
    lookup: Lookup
    narrow: Choice | None = None

    @property
    def titles(self) -> "_Wanted":
        """What a title has to have."""
        return _Wanted("titles", self.lookup.wanted_here, self.lookup.titles)

    @property
    def posts(self) -> "_Wanted":
        """What a post has to have."""
        return _Wanted("posts", self.lookup.wanted_here, self.lookup.posts)

    def rows(self, build: Callable[[Shape], Select[Any]], *wanted: "_Wanted") -> Sequence[Any]:
        """The newest rows of those whose titles or posts have something: one more than is looked at."""
        known = {each.name: each.ids.ids for each in wanted if not each.ids.more}
        if not known and not self.narrow and wanted == (self.posts,) and self.posts.ids.ids:
            # Of many posts the newest are enough, where the reader may see enough of these.
            rows = self._by_ids(build, {"posts": self.posts.ids.ids}, wanted)
            if len(rows) > MOST_POSTS:
                return rows
        return self._by_ids(build, {} if self.narrow else known, wanted)

    def _by_ids(
        self,
        build: Callable[[Shape], Select[Any]],
        ids: dict[str, Sequence[int]],
        wanted: Sequence["_Wanted"],
    ) -> Sequence[Any]:
        """Rows with these ids, of titles or posts, and the rest of what is wanted."""
        query, values = build(self.shape._replace(ids=tuple(ids))), self.values | ids
        conditions = [each.condition for each in wanted if each.name not in ids]
        conditions += narrowing(self.narrow) if self.narrow else []
        if not wanted and self.lookup.search.excluded:
            conditions.append(Thread.id.not_in(matches(TitleText, self.lookup.search.none_of)))
            if build is posts:
                conditions.append(Post.id.not_in(matches(PostText, self.lookup.search.none_of)))
        if wanted and not conditions:
            return select_rows(query, values).all()
        with planned_each_time():
            return select_rows(query.where(*conditions), values).all()

    def is_left_out(self, row: Any) -> bool:
        """Whether the title has something that must not be there."""
        return bool(standing(self.lookup.search.excluded, row.title_terms, row.title_parts))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What titles or posts have to have, by name; the `ids` of those that do, as far as they were looked up."""

    name: str
    node: Node
    ids: Ids

    @property
    def condition(self) -> ColumnElement[bool]:
        """Whether a row has it."""
        column, model = _INDEXED[self.name]
        return row_matches(model, column, self.node)


def found(
    reader: Actor | None, lookup: Lookup, choice: Choice, space_id: int | None, *, narrow: bool = False
) -> Found:
    """Return the threads in whose title or posts it stands; two queries, or three, and one more where posts are many.

    The third is for threads that have one word in their title and another in a post. `narrow`: to the facets that are
    chosen, too, which otherwise are for who counts them.
    """
    search = lookup.search
    shape = Shape(reader is not None, bool(choice.space), bool(choice.before), len(choice.name_words))
    values = reader_values(reader) | found_by.values_of_name(choice.name_words)
    values |= {"space_id": space_id} if choice.space else {}
    values |= {"before": choice.moment} if choice.before else {}
    asked = _Asked(shape, values, lookup, choice if narrow else None)
    hits: dict[int, ThreadHit] = {}
    more_titles = _add_titles(asked, hits)
    more_posts = _add_posts(asked, hits) if search.wanted or choice.by else False
    if not lookup.some and len(search.wanted) > 1:
        more_posts |= _add_parted(asked, hits)
    return Found(hits, more_titles, more_posts)


def posts_with(reader: Actor, lookup: Lookup) -> Sequence[Any]:
    """Return the newest posts that have it, each with its author and its thread.

    One query; two where many have it and the reader sees few of the newest of these.
    """
    asked = _Asked(Shape(signed_in=True), reader_values(reader), lookup)
    return [row for row in asked.rows(posts, asked.posts) if not asked.is_left_out(row)]


def texts_with(reader: Actor | None, lookup: Lookup) -> list[str]:
    """Return the keys of titles and posts that the reader may read and that have it.

    Two queries; three where many posts have it and the reader sees few of the newest of these.
    """
    asked = _Asked(Shape(reader is not None), reader_values(reader), lookup)
    titled, said = asked.rows(threads, asked.titles), asked.rows(posts, asked.posts)
    found = [f"{row.title_terms} {row.title_parts}" for row in titled[:MOST_TEXTS]]
    return found + [f"{row.terms} {row.parts}" for row in said[:MOST_TEXTS]]


def _add_titles(asked: _Asked, hits: dict[int, ThreadHit]) -> bool:
    search, some = asked.lookup.search, asked.lookup.some
    rows = asked.rows(threads, *[asked.titles] if search.wanted else ())
    for row in rows[:MOST_TITLES]:
        hit = _hit(hits, row)
        hit.by_title = True
        hit.by_part = _is_by_part(search, row.title_terms, row.title_parts, some=some)
        if some:
            hit.there = standing(search.wanted, row.title_terms, row.title_parts)
            hit.lacking = hit.missing = len(search.wanted) - len(hit.there)
    return len(rows) > MOST_TITLES


def _add_posts(asked: _Asked, hits: dict[int, ThreadHit]) -> bool:
    search, some = asked.lookup.search, asked.lookup.some
    rows = asked.rows(posts, *[asked.posts] if search.wanted else ())
    for row in rows[:MOST_POSTS]:
        # Asked of the database, it makes a poor plan of all posts that have the words.
        if asked.is_left_out(row):
            continue
        hit = _hit(hits, row)
        if not hit.by_title and (hit.by_part or not hit.posts):
            hit.by_part = _is_by_part(search, row.terms, row.parts, some=some)
        hit.posts[row.post_id] = row.number
        if some:
            hit.there |= standing(search.wanted, row.terms, row.parts)
            hit.missing = len(search.wanted) - len(hit.there)
    return len(rows) > MOST_POSTS


def _add_parted(asked: _Asked, hits: dict[int, ThreadHit]) -> bool:
    """Add threads of which title and post have all the words together; return whether there may be more."""
    lookup, search = asked.lookup, asked.lookup.search
    rows = asked.rows(
        posts,
        _Wanted("titles", lookup.without(search.any_of), lookup.any_titles),
        _Wanted("posts", lookup.without(search.any_of), lookup.any_posts),
    )
    for row in rows[:MOST_POSTS]:
        in_title = standing(search.wanted, row.title_terms, row.title_parts)
        if len(in_title | standing(search.wanted, row.terms, row.parts)) == len(search.wanted):
            hit = _hit(hits, row)
            hit.posts[row.post_id] = row.number
            if not hit.by_title:
                hit.by_title, hit.lacking = True, len(search.wanted) - len(in_title)
                hit.by_part = _is_by_part(search, row.title_terms, row.title_parts, some=True)
    return len(rows) > MOST_POSTS


def _is_by_part(search: Search, terms: str | None, parts: str | None, *, some: bool) -> bool:
    """Whether one of the words stands in a text as a part of another one alone. Not `some`: all of them stand in it."""
    if not parts:
        return False
    there = len(standing(search.wanted, terms, parts)) if some else len(search.wanted)
    return len(standing(search.wanted, terms, None)) < there


def _hit(hits: dict[int, ThreadHit], row: Any) -> ThreadHit:
    hit = hits.get(row.id)
    if hit is None:
        number, slug, title, need, axis, outcome, cities, *others = row[-len(HIT) :]
        hit = hits[number] = ThreadHit(
            number, slug, title, (need,), axis, outcome, read_codes(cities), *others
        )
    return hit
