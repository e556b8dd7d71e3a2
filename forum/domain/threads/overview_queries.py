"""The queries behind the list of all threads, each built once: a page of cards, and the newest ones to count."""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, not_, or_, select

from forum.domain.threads import list_queries
from forum.domain.threads.list_queries import FILTERS, KEYS
from forum.domain.threads.unread_queries import first_unread, marked
from forum.infra.columns import code, codes
from forum.infra.statements import cached
from forum.models.accounts import Capacity, Level
from forum.models.following import FollowLevel, ThreadFollow
from forum.models.spaces import Space
from forum.models.themes import Tag, ThreadTag
from forum.models.threads import Post, ReadMark, Thread, ThreadCity
from forum.policy.readers import reader_param
from forum.policy.visibility import Reader, sees

MOST = 500  # of the newest threads are counted: a list that grows must not make its page slower
STATES = ("mine", "unread", "unanswered", "followed")
SINGLE = frozenset({"state", "voices", "lesson"})  # kinds of which one value is chosen at most
HasLesson = Callable[[Reader | None], ColumnElement[bool]]
Shape = frozenset[tuple[str, str]]


@cached
def cards(signed_in: bool, shape: Shape, has_lesson: HasLesson) -> Select[Any]:
    """Return the query of cards for a reader, narrowed to that shape of a choice."""
    return list_queries.cards(signed_in).where(*_conditions(reader_param(signed_in), shape, has_lesson))


@cached
def counted(signed_in: bool, shape: Shape, has_lesson: HasLesson) -> Select[Any]:
    """Return the query of the newest MOST threads and one more, with the values under which each is counted."""
    reader = reader_param(signed_in)
    moment, number = KEYS
    flags = {"unanswered": FILTERS["open"], "field": _by_field(), "has_lesson": has_lesson(reader)}
    flags |= {state: _states(reader)[state] for state in STATES if reader and state != "unanswered"}
    query: Any = (
        select(
            Thread.id,
            code(Thread.need),
            code(Thread.axis),
            codes(Thread.cities),
            Space.slug.label("space_slug"),
            Space.name.label("space_name"),
            *(condition.label(name) for name, condition in flags.items()),
        )
        .select_from(Thread)
        .join(Space, Space.id == Thread.space_id)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == 1))
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(sees(Thread, reader), Thread.withdrawn_at.is_(None))
        .where(*_conditions(reader, shape, has_lesson))
        .order_by(moment.desc(), number.desc())
        .limit(MOST + 1)
    )
    if reader is not None:
        query = query.outerjoin(ReadMark, marked(reader.id))
    return cast(Select[Any], query)


def _conditions(reader: Reader | None, shape: Shape, has_lesson: HasLesson) -> list[ColumnElement[bool]]:
    return [_condition(kind, value, reader, has_lesson) for kind, value in sorted(shape)]


def _condition(kind: str, value: str, reader: Reader | None, has_lesson: HasLesson) -> ColumnElement[bool]:
    if kind == "state":
        return FILTERS["open"] if reader is None else _states(reader)[value]
    if kind == "voices":
        return _by_field()
    if kind == "lesson":
        return has_lesson(reader) if value == "with" else not_(has_lesson(reader))
    return _AMONG[kind]


def _by_field() -> ColumnElement[bool]:
    """Whether somebody from the field told it."""
    return and_(Capacity.id.is_not(None), Capacity.level == Level.FIELD)


def _states(reader: Reader) -> dict[str, ColumnElement[bool]]:
    own = select(Post.thread_id).where(
        Post.author_id == reader.id, Post.deleted_at.is_(None), Post.hidden_at.is_(None)
    )
    followed = select(ThreadFollow.thread_id).where(
        ThreadFollow.member_id == reader.id, ThreadFollow.level != FollowLevel.NOTHING
    )
    return {
        "mine": or_(Thread.author_id == reader.id, Thread.id.in_(own)),
        "unread": first_unread(reader.id).is_not(None),
        "unanswered": FILTERS["open"],
        "followed": Thread.id.in_(followed),
    }


def _values(kind: str, type_: Any = String) -> Any:
    return bindparam(f"{kind}_values", expanding=True, type_=type_)


_TAGGED = (
    select(ThreadTag.thread_id).join(Tag, Tag.id == ThreadTag.tag_id).where(Tag.slug.in_(_values("tag")))
)
_SAID = select(ThreadCity.thread_id).where(ThreadCity.city.in_(_values("city")))
_AMONG: dict[str, ColumnElement[bool]] = {
    "need": Thread.need.in_(_values("need", Thread.need.type)),
    "axis": Thread.axis.in_(_values("axis", Thread.axis.type)),
    "tag": and_(Thread.id.in_(_TAGGED), Thread.title != ""),
    "city": Thread.id.in_(_SAID),
    "space": Space.slug.in_(_values("space")),
}
