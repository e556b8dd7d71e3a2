"""The query behind the list of all threads, and what holds of the threads that a choice leaves."""

from collections.abc import Callable
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, not_, or_, select

from forum.domain.threads import latest_words, list_queries
from forum.domain.threads.following import muted
from forum.domain.threads.list_queries import FILTERS, KEYS
from forum.domain.threads.running import RUNNING
from forum.domain.threads.unread_queries import has_unread
from forum.infra.statements import cached
from forum.models.following import FollowLevel, ThreadFollow
from forum.models.spaces import Space
from forum.models.themes import Tag
from forum.models.threads import Post, Thread, ThreadCity
from forum.policy.readers import reader_param
from forum.policy.visibility import Reader, sees

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
def chosen(signed_in: bool, shape: Shape, lessons: Lessons) -> Select[Any]:
    """Return the query of the ids of threads that a reader may see, narrowed to that shape of a choice."""
    return select(Thread.id).where(*conditions(reader_param(signed_in), shape, lessons))


def for_members(page: Select[Any]) -> Select[Any]:
    """Return the query of the cards of a page of threads, given by their ids, with the last reply in each."""
    return _shown(page, signed_in=True)


def for_visitors(page: Select[Any]) -> Select[Any]:
    """Return the same query for a visitor."""
    return _shown(page, signed_in=False)


def _shown(page: Select[Any], *, signed_in: bool) -> Select[Any]:
    moment, number = KEYS
    cut = page.subquery("page")
    query: Any = list_queries.cards(signed_in).join(cut, cut.c.id == Thread.id)
    return cast(Select[Any], latest_words.with_last(query).order_by(moment.desc(), number.desc()))


def conditions(reader: Reader | None, shape: Shape, lessons: Lessons) -> list[ColumnElement[bool]]:
    """Return what holds of each thread that a reader may see and that a choice of that shape leaves."""
    seen = [sees(Thread, reader), Thread.withdrawn_at.is_(None), RUNNING]
    return seen + [_condition(kind, value, reader, lessons) for kind, value in sorted(shape)]


def _condition(kind: str, value: str, reader: Reader | None, lessons: Lessons) -> ColumnElement[bool]:
    if kind == "state":
        return states(reader)[value]
    if kind == "lesson":
        made = lessons.has_lesson(reader)
        # As a value, asked of one thread after the other until there are enough: for NOT EXISTS, PostgreSQL reads all.
        return made if value == "with" else not_(select(made).correlate(Thread).scalar_subquery())
    if kind == "axis" and value:
        without = FILTERS["without_axis"]
        return or_(_AMONG[kind], without) if value == OR_NONE else without
    return _AMONG[kind]


def states(reader: Reader | None) -> dict[str, ColumnElement[bool]]:
    """Return what a thread may be for the reader; for a visitor only unanswered."""
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


_NAMED = select(Space.id).where(Space.slug.in_(_values("space")))
_SAID = select(ThreadCity.thread_id).where(ThreadCity.city.in_(_values("city")))
_AMONG: dict[str, ColumnElement[bool]] = {
    "need": Thread.need.in_(_values("need", Thread.need.type)),
    "axis": Thread.axis.in_(_values("axis", Thread.axis.type)),
    "tag": list_queries.tagged(Tag.slug.in_(_values("tag"))),
    "city": Thread.id.in_(_SAID),
    "space": Thread.space_id.in_(_NAMED),
    "voices": Thread.told_by_field.is_(True),
}
