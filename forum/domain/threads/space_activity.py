"""What goes on in each space, for the directory: the last that others may know of, and what is new in one's own.

Each space is asked for its latest threads by an index, so that what is read does not grow with the network.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Text, and_, case, false, func, select
from sqlalchemy import cast as sql_cast

from forum.domain.threads.list_queries import FILTERS, KEYS
from forum.domain.threads.running import RUNNING
from forum.domain.threads.unread_queries import marked, read_up_to, unread_count
from forum.infra.columns import read_codes
from forum.infra.in_lists import in_list
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member
from forum.models.spaces import Audience, Space, SpaceKind
from forum.models.threads import Post, ReadMark, Thread, ThreadCity
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

RECENT = 20  # threads of a space in which is looked for new posts and for cities
MOST_WAITING = 10
LOOK_BACK = 100  # threads in which is looked for the last one that more people may read
_SHOWN = (Thread.hidden_at.is_(None), Thread.withdrawn_at.is_(None))
_OWN = in_list(Space.id, "space_ids")


@dataclass(frozen=True, slots=True)
class SpaceNews:
    """What is new in a space for somebody who belongs to it; counts stop where looking further would cost more."""

    new_count: int = 0
    may_be_more: bool = False  # older threads than the RECENT ones may have new posts too
    waiting: int = 0  # stories of others that nobody answered; MOST_WAITING means at least so many
    cities: tuple[str, ...] = ()
    title: str = ""  # of the thread with the latest post
    speaker: str = ""  # of its latest post that still stands
    is_reply: bool = False
    last_at: datetime | None = None


def shared(reader: Actor | None) -> dict[int, datetime]:
    """Return when something was last told in each space, or by each city, for more people than a space (one query).

    For a full member that is what the whole network may read; for others only what is public.
    """
    wide = reader is not None and reader.is_full
    rows = select_rows(_shared(reader is not None, wide), reader_values(reader))
    return {row.id: row.last_at for row in rows if row.last_at is not None}


def news(actor: Actor) -> dict[int, SpaceNews]:
    """Return what is new in each of the actor's spaces (two queries)."""
    values = {**reader_values(actor), "space_ids": list(actor.roles)}
    rows = select_rows(_counts(), values).all()
    last = {row.space_id: row for row in select_rows(_last_posts(), values)}
    return {row.id: _news(row, last.get(row.id)) for row in rows}


def _news(counts: Any, last: Any) -> SpaceNews:
    lists = [read_codes(line) for line in (counts.cities or "").split("\n") if line]
    return SpaceNews(
        new_count=int(counts.new_count),  # PostgreSQL adds up to a decimal number
        may_be_more=bool(counts.may_be_more),
        waiting=counts.waiting,
        cities=tuple(dict.fromkeys(city for cities in lists for city in cities)),
        title=last.title if last else "",
        speaker=last.name if last else "",
        is_reply=last.number > 1 if last else False,
        last_at=last.created_at if last else None,
    )


@cached
def _shared(signed_in: bool, wide: bool) -> Select[Any]:
    """A city speaks in any space, so what it shared is looked for in all its threads; for others, in their own."""
    levels = (Audience.NETWORK, Audience.PUBLIC) if wide else (Audience.PUBLIC,)
    reader = reader_param(signed_in)
    by_city = select(ThreadCity.thread_id, ThreadCity.said_at.label("at")).where(
        ThreadCity.city == Space.city
    )
    by_city = by_city.order_by(ThreadCity.said_at.desc(), ThreadCity.thread_id.desc())
    in_space = select(Thread.id.label("thread_id"), Thread.last_post_at.label("at")).where(
        Thread.space_id == Space.id
    )
    in_space = in_space.order_by(Thread.last_post_at.desc(), Thread.id.desc())

    def last(lately: Any) -> Any:
        window = lately.correlate(Space).limit(LOOK_BACK).subquery()
        shown = (Thread.audience.in_(levels), sees(Thread, reader), *_SHOWN)
        found = select(window.c.at).join(Thread, Thread.id == window.c.thread_id).where(*shown)
        return found.order_by(window.c.at.desc()).limit(1).scalar_subquery()

    last_at = case((Space.kind == SpaceKind.CITY, last(by_city)), else_=last(in_space))
    return cast(Select[Any], select(Space.id, last_at.label("last_at")).where(sees(Space, reader)))


@cached
def _counts() -> Select[Any]:
    reader: Any = reader_param(signed_in=True)
    new = unread_count(reader.id).label("fresh")
    # Apart, because SQLite would count the new posts once more to list the cities.
    recent = _latest(True, new).outerjoin(ReadMark, marked(reader.id)).limit(RECENT).subquery()
    older = _latest(True, Thread.last_post_at).offset(RECENT).limit(1).scalar_subquery()
    spoke = _latest(True, sql_cast(Thread.cities, Text).label("cities")).limit(RECENT).subquery()
    waiting = (
        _latest(True, Thread.id).where(FILTERS["open"], FILTERS["others"]).limit(MOST_WAITING).subquery()
    )
    query: Any = select(
        Space.id,
        select(func.coalesce(func.sum(recent.c.fresh), 0)).scalar_subquery().label("new_count"),
        func.coalesce(older > read_up_to(reader.id), false()).label("may_be_more"),
        select(func.aggregate_strings(spoke.c.cities, "\n")).scalar_subquery().label("cities"),
        select(func.count(waiting.c.id)).scalar_subquery().label("waiting"),
    )
    return cast(Select[Any], query.where(_OWN, sees(Space, reader)))


@cached
def _last_posts() -> Select[Any]:
    """The latest post that still stands in the thread of each space that was active last."""
    thread_id = _latest(True, Thread.id).limit(1).scalar_subquery()
    number = (
        select(Post.number)
        .where(Post.thread_id == Thread.id, Post.hidden_at.is_(None), Post.deleted_at.is_(None))
        .order_by(Post.number.desc())
        .limit(1)
        .correlate(Thread)
    )
    query: Any = (
        select(Thread.space_id, Thread.title, Post.number, Post.created_at, Member.name)
        .select_from(Space)
        .join(Thread, Thread.id == thread_id)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == number.scalar_subquery()))
        .join(Member, Member.id == Post.author_id)
    )
    return cast(Select[Any], query.where(_OWN, sees(Space, reader_param(signed_in=True))))


def _latest(signed_in: bool, *columns: Any) -> Any:
    """The threads of a space that the reader may see and nobody hid, the latest post first."""
    last_post_at, thread_id = KEYS
    return (
        select(*columns)
        .where(
            Thread.space_id == Space.id,
            sees(Thread, reader_param(signed_in)),
            *_SHOWN,
            RUNNING,
        )
        .order_by(last_post_at.desc(), thread_id.desc())
        .correlate(Space)
    )
