"""What a member follows or muted, as far as they may still see it."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Integer, Select, and_, bindparam, exists, func, select

from forum.domain.mailing import unread_notices
from forum.domain.threads.following import holds
from forum.infra.statements import cached, select_rows
from forum.models.following import FollowLevel, SpaceFollow, ThreadFollow
from forum.models.notifications import Notification
from forum.models.spaces import Space
from forum.models.subscriptions import Delivery, Subscription
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

MOST = 200  # threads in the list: those with the latest posts


@dataclass(frozen=True, slots=True)
class FollowedThread:
    """A thread about which somebody is told, or not at all."""

    id: int
    slug: str
    title: str
    space_name: str
    level: FollowLevel
    chosen: bool  # by the member, and not because they wrote in it


@dataclass(frozen=True, slots=True)
class FollowedSpace:
    """A space for which somebody chose what they are told."""

    slug: str
    name: str
    level: FollowLevel


@dataclass(frozen=True, slots=True)
class ThreadChoice:
    """A thread with what somebody is told of it, and what they chose for its space."""

    id: int
    slug: str
    title: str
    level: FollowLevel | None
    space_level: FollowLevel | None


@dataclass(frozen=True, slots=True)
class ToldOfSpace:
    """The level that somebody chose for a space, if any, and whether unread notifications are about it.

    `comes_at_once`: by what they subscribed to; without a level they are told of every post.
    """

    level: FollowLevel | None
    comes_at_once: bool
    has_notices: bool

    @property
    def shown_level(self) -> FollowLevel | None:
        """What they are told, as far as anything but the usual."""
        return self.level or (FollowLevel.ALL if self.comes_at_once else None)


def threads(actor: Actor) -> list[FollowedThread]:
    """Return the threads that the actor follows or muted and may see, the latest post first, MOST at most."""
    return [FollowedThread(*row) for row in select_rows(_threads(), reader_values(actor))]


def spaces(actor: Actor) -> list[FollowedSpace]:
    """Return the spaces for which the actor chose a level and that they may see, by name."""
    return [FollowedSpace(*row) for row in select_rows(_spaces(), reader_values(actor))]


def count_threads(actor: Actor) -> int:
    """Return how many threads the actor follows and may see."""
    return select_rows(_count(), reader_values(actor)).scalar_one()


def of_thread(actor: Actor, thread_id: int) -> ThreadChoice:
    """Return what the actor is told of a thread; NotFound (one query)."""
    row = select_rows(_of_thread(), {**reader_values(actor), "thread_id": thread_id}).one_or_none()
    if row is None:
        raise NotFound
    return ThreadChoice(*row)


def of_space(actor: Actor, space_id: int) -> ToldOfSpace:
    """Return what the actor is told of one space, which they may see (one query)."""
    return told(select_rows(_of_space(), {**reader_values(actor), "space_id": space_id}).one())


def told(row: Any) -> ToldOfSpace:
    """Return what `told_columns` say."""
    return ToldOfSpace(row.level, bool(row.comes_at_once), bool(row.has_notices))


@cached
def _threads() -> Select[Any]:
    columns = (
        Thread.id,
        Thread.slug,
        Thread.title,
        Space.name,
        ThreadFollow.level,
        ThreadFollow.chosen,
    )
    query = _seen_threads(*columns).join(Space, Space.id == Thread.space_id)
    return query.order_by(Thread.last_post_at.desc(), Thread.id.desc()).limit(MOST)


@cached
def _count() -> Select[Any]:
    return _seen_threads(func.count()).where(ThreadFollow.level != FollowLevel.NOTHING)


def _seen_threads(*columns: Any) -> Select[Any]:
    reader = reader_param(signed_in=True)
    assert reader is not None
    query = select(*columns).select_from(ThreadFollow).join(Thread, Thread.id == ThreadFollow.thread_id)
    return query.where(ThreadFollow.member_id == reader.id, holds(), sees(Thread, reader))


@cached
def _spaces() -> Select[Any]:
    return _seen_spaces(Space.slug, Space.name, SpaceFollow.level).order_by(Space.sort_key, Space.id)


@cached
def _of_thread() -> Select[Any]:
    reader = reader_param(signed_in=True)
    assert reader is not None
    own = and_(ThreadFollow.thread_id == Thread.id, ThreadFollow.member_id == reader.id, holds())
    of_space = and_(SpaceFollow.space_id == Thread.space_id, SpaceFollow.member_id == reader.id)
    columns = (Thread.id, Thread.slug, Thread.title, ThreadFollow.level, SpaceFollow.level.label("of_space"))
    query: Any = select(*columns).select_from(Thread).outerjoin(ThreadFollow, own)
    query = query.outerjoin(SpaceFollow, of_space)
    is_it = Thread.id == bindparam("thread_id", type_=Integer)
    return cast(Select[Any], query.where(is_it, sees(Thread, reader)))


@cached
def _of_space() -> Select[Any]:
    reader: Any = reader_param(signed_in=True)
    return select(*told_columns(reader.id, bindparam("space_id", type_=Integer)))


def told_columns(reader_id: Any, space_id: Any) -> list[Any]:
    """Return what a reader is told of the space of a query, as columns for `told`."""
    level = select(SpaceFollow.level).where(
        SpaceFollow.member_id == reader_id, SpaceFollow.space_id == space_id
    )
    unread = unread_notices.any_of(reader_id, Notification.space_id == space_id)
    at_once = exists().where(
        Subscription.member_id == reader_id,
        Subscription.space_id == space_id,
        Subscription.delivery == Delivery.AT_ONCE,
    )
    columns = (level.scalar_subquery(), at_once, unread)
    names = ("level", "comes_at_once", "has_notices")
    return [column.label(name) for column, name in zip(columns, names, strict=True)]


def _seen_spaces(*columns: Any) -> Select[Any]:
    reader = reader_param(signed_in=True)
    assert reader is not None
    query = select(*columns).select_from(SpaceFollow).join(Space, Space.id == SpaceFollow.space_id)
    return query.where(SpaceFollow.member_id == reader.id, sees(Space, reader))
