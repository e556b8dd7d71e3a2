"""The queries behind the list of all threads, each built once: a page of cards, and the newest ones to count."""

from collections.abc import Callable
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, func, not_, or_, select

from forum.domain.themes.tags import spelling
from forum.domain.threads import list_queries
from forum.domain.threads.following import muted
from forum.domain.threads.list_queries import FILTERS, KEYS
from forum.domain.threads.unread_queries import has_unread
from forum.infra.columns import code, codes
from forum.infra.in_lists import in_rows
from forum.infra.statements import cached
from forum.models.following import FollowLevel, ThreadFollow
from forum.models.spaces import Space
from forum.models.themes import Tag, ThreadTag
from forum.models.threads import Post, Thread, ThreadCity
from forum.policy.readers import reader_param
from forum.policy.visibility import Reader, sees

MOST = 500  # of the newest threads are counted: a list that grows must not make its page slower
STATES = ("mine", "unread", "unanswered", "followed")
SINGLE = frozenset({"state", "voices", "lesson"})  # kinds of which one value is chosen at most
# The kinds that are chosen; of those in SINGLE which value, of axes whether none is meant: alone, or beside (OR_NONE).
Shape = frozenset[tuple[str, str]]
OR_NONE = "or_none"


class Lessons(Protocol):
    """What the list is told of lessons, which stand above threads."""

    @property
    def has_lesson(self) -> Callable[[Reader | None], ColumnElement[bool]]:
        """The condition that a thread leads the reader to a lesson."""

    @property
    def with_lesson(self) -> Callable[[Reader | None, Select[Any]], Select[Any]]:
        """The query of those of some threads that do."""


@cached
def cards(signed_in: bool, shape: Shape, lessons: Lessons) -> Select[Any]:
    """Return the query of cards for a reader, narrowed to that shape of a choice."""
    return list_queries.cards(signed_in).where(*_conditions(reader_param(signed_in), shape, lessons))


@cached
def counted(signed_in: bool, shape: Shape, kinds: frozenset[str], lessons: Lessons) -> Select[Any]:
    """Return the query of the newest MOST of the same threads and one more, with what counts them under `kinds`.

    It reads nothing else of them: a filter is asked only for the choice without its own values.
    """
    reader = reader_param(signed_in)
    moment, number = KEYS
    facets = _facets(reader)
    columns: Any = (Thread.id, *(column for kind in sorted(kinds) for column in facets[kind]))
    query: Any = (
        select(*columns)
        .join(Space, Space.id == Thread.space_id)
        .where(sees(Thread, reader), Thread.withdrawn_at.is_(None))
        .where(*_conditions(reader, shape, lessons))
        .order_by(moment.desc(), number.desc())
        .limit(MOST + 1)
    )
    if kinds.isdisjoint({"tag", "lesson"}):
        return cast(Select[Any], query)
    return _looked_up(query, kinds, lambda threads: lessons.with_lesson(reader, threads))


def _looked_up(
    query: Any, kinds: frozenset[str], with_lesson: Callable[[Select[Any]], Select[Any]]
) -> Select[Any]:
    """Add the tags or lessons of the threads that a query found: read for all at once, not thread by thread."""
    newest = query.add_columns(Thread.last_post_at, Thread.title != "").cte("newest")
    *columns, moment, titled = newest.c
    found: Any = select(*columns).order_by(moment.desc(), newest.c.id.desc())
    if "lesson" in kinds:
        found = found.add_columns(newest.c.id.in_(with_lesson(select(newest.c.id))).label("has_lesson"))
    if "tag" in kinds:
        among = in_rows(ThreadTag.thread_id, select(newest.c.id).where(titled))
        tags = _SHOWN_TAGS.where(among).subquery("shown")
        found = found.add_columns(tags.c.tags).outerjoin_from(newest, tags, tags.c.thread_id == newest.c.id)
    return cast(Select[Any], found)


def _facets(reader: Reader | None) -> dict[str, tuple[Any, ...]]:
    """The columns from which the values of each kind are counted, but for what is looked up of the threads found."""
    return {
        "need": (code(Thread.need),),
        "axis": (code(Thread.axis), FILTERS["without_axis"].label("without_axis")),
        "tag": (),
        "city": (codes(Thread.cities),),
        "space": (Space.slug.label("space_slug"), Space.name.label("space_name")),
        "state": tuple(condition.label(name) for name, condition in _states(reader).items()),
        "voices": (Thread.told_by_field.label("field"),),
        "lesson": (),
    }


def _conditions(reader: Reader | None, shape: Shape, lessons: Lessons) -> list[ColumnElement[bool]]:
    return [_condition(kind, value, reader, lessons) for kind, value in sorted(shape)]


def _condition(kind: str, value: str, reader: Reader | None, lessons: Lessons) -> ColumnElement[bool]:
    if kind == "state":
        return _states(reader)[value]
    if kind == "lesson":
        made = lessons.has_lesson(reader)
        return made if value == "with" else not_(made)
    if kind == "axis" and value:
        without = FILTERS["without_axis"]
        return or_(_AMONG[kind], without) if value == OR_NONE else without
    return _AMONG[kind]


def _states(reader: Reader | None) -> dict[str, ColumnElement[bool]]:
    """What a thread may be for the reader; for a visitor only unanswered."""
    unanswered = {"unanswered": FILTERS["open"]}
    if reader is None:
        return unanswered
    own = select(Post.thread_id).where(
        Post.author_id == reader.id, Post.deleted_at.is_(None), Post.hidden_at.is_(None)
    )
    followed = select(ThreadFollow.thread_id).where(
        ThreadFollow.member_id == reader.id, ThreadFollow.level != FollowLevel.NOTHING
    )
    return unanswered | {
        "mine": or_(Thread.author_id == reader.id, Thread.id.in_(own)),
        "unread": has_unread(reader.id),
        "followed": and_(Thread.id.in_(followed), ~muted(reader.id)),
    }


def _values(kind: str, type_: Any = String) -> Any:
    return bindparam(f"{kind}_values", expanding=True, type_=type_)


# The tags of threads, a line for each: its slug, and how it is shown there.
_SHOWN_TAGS = (
    select(
        ThreadTag.thread_id, func.aggregate_strings(Tag.slug + " " + spelling(ThreadTag), "\n").label("tags")
    )
    .join(Tag, Tag.id == ThreadTag.tag_id)
    .group_by(ThreadTag.thread_id)
)
_SAID = select(ThreadCity.thread_id).where(ThreadCity.city.in_(_values("city")))
_AMONG: dict[str, ColumnElement[bool]] = {
    "need": Thread.need.in_(_values("need", Thread.need.type)),
    "axis": Thread.axis.in_(_values("axis", Thread.axis.type)),
    "tag": list_queries.tagged(Tag.slug.in_(_values("tag"))),
    "city": Thread.id.in_(_SAID),
    "space": Space.slug.in_(_values("space")),
    "voices": Thread.told_by_field.is_(True),
}
