"""The queries behind lists of threads, each built once: columns of a card, the visibility rule, and the filters."""

from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    literal,
    select,
    union_all,
)

from forum.domain.people.bylines import COLUMNS
from forum.domain.threads.running import ARCHIVED, RUNNING
from forum.domain.threads.unread_queries import first_unread_if_opened, marked, unread_count
from forum.domain.threads.without_axis import WAITS
from forum.infra.columns import code, codes
from forum.infra.db import Moment
from forum.infra.statements import cached
from forum.models.accounts import Capacity, Member
from forum.models.cities import CITIES
from forum.models.spaces import Space
from forum.models.themes import Axis, Need, Tag, ThreadTag
from forum.models.threads import Post, ReadMark, Thread, ThreadCity
from forum.policy.readers import reader_param
from forum.policy.visibility import sees

_CITY = union_all(*(select(literal(city.code, String).label("city")) for city in CITIES)).subquery(
    "network_city"
)
KEYS = (Thread.last_post_at, Thread.id)
OPENING = and_(Post.thread_id == Thread.id, Post.number == 1)


@cached
def cards(signed_in: bool, filters: frozenset[str] = frozenset()) -> Select[Any]:
    """Return the query of cards for a reader (`reader_id`), narrowed by FILTERS, whose values are named parameters.

    Of threads that are running talk; with the filter `archived`, of the others.
    """
    reader = reader_param(signed_in)
    new_count = unread_count(reader.id) if reader else literal(0, Integer)
    first_unread = first_unread_if_opened(reader.id) if reader else literal(None, Integer)
    query: Any = (
        select(
            Thread.id,
            Thread.slug,
            Thread.title,
            Thread.summary,
            code(Thread.need),
            code(Thread.axis),
            Thread.post_count,
            Thread.answered_at,
            codes(Thread.cities),
            Thread.created_at,
            Thread.last_post_at,
            code(Thread.audience),
            Thread.locked_at,
            Thread.hidden_at,
            Thread.archived_at,
            code(Thread.outcome),
            Space.name.label("space_name"),
            Space.slug.label("space_slug"),
            new_count.label("new_count"),
            first_unread.label("first_unread"),
            Post.id.label("opening_id"),
            Post.deleted_at.label("opening_gone_at"),
            *COLUMNS,
        )
        .select_from(Thread)
        .join(Space, Space.id == Thread.space_id)
        .join(Post, OPENING)
        .join(Member, Member.id == Thread.author_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(sees(Thread, reader), Thread.withdrawn_at.is_(None), *_wanted(filters))
    )
    if reader is not None:
        query = query.outerjoin(ReadMark, marked(reader.id))
    return cast(Select[Any], query)


def _wanted(filters: frozenset[str]) -> list[ColumnElement[bool]]:
    wanted = [FILTERS[name] for name in sorted(filters)]
    return wanted if "archived" in filters else [RUNNING, *wanted]


@cached
def first_cards(signed_in: bool, filters: frozenset[str], limit: int) -> Select[Any]:
    """Return the query of the first cards: the latest post first."""
    last_post_at, thread_id = KEYS
    return cards(signed_in, filters).order_by(last_post_at.desc(), thread_id.desc()).limit(limit)


@cached
def cities_since(signed_in: bool) -> Select[Any]:
    """The cities that said something since the moment `since` in a thread that the reader may see.

    Asked city by city, each until the first thread that fits: what is read does not grow with the network.
    """
    spoke = (
        select(ThreadCity.thread_id)
        .join(Thread, Thread.id == ThreadCity.thread_id)
        .where(
            ThreadCity.city == _CITY.c.city,
            ThreadCity.said_at > bindparam("since", type_=Moment),
            sees(Thread, reader_param(signed_in)),
        )
        .order_by(ThreadCity.said_at.desc())
        .limit(1)
        .correlate(_CITY)
    )
    return select(_CITY.c.city).where(spoke.scalar_subquery().is_not(None))


def tagged(wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return whether a thread has a tag that is wanted, and still says what it is about."""
    threads = select(ThreadTag.thread_id).join(Tag, Tag.id == ThreadTag.tag_id).where(wanted)
    return and_(Thread.id.in_(threads), Thread.title != "")


FILTERS: dict[str, ColumnElement[bool]] = {
    "space": Thread.space_id == bindparam("space_id", type_=Integer),
    "need": Thread.need == bindparam("need", type_=Thread.need.type),
    "axis": Thread.axis == bindparam("axis", type_=Thread.axis.type),
    "without_axis": and_(*WAITS),
    "tag": tagged(Tag.slug == bindparam("tag", type_=String)),
    "archived": ARCHIVED,
    "shown": Thread.hidden_at.is_(None),
    "open": and_(
        RUNNING,
        Thread.answered_at.is_(None),
        Thread.locked_at.is_(None),
        Thread.hidden_at.is_(None),
        Thread.title != "",
    ),
    "others": Thread.author_id != bindparam("reader_id", type_=Integer),
}
KNOWN = {"need": frozenset(Need), "axis": frozenset(Axis)}
