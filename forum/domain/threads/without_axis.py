"""Threads of which nobody chose the axis yet: they wait for their author, and for the moderators of their space."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Integer, Select, bindparam, func, select

from forum.domain.spaces import spaces
from forum.domain.threads.running import RUNNING
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member
from forum.models.spaces import Role, Space
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.standing import spaces_of
from forum.policy.visibility import sees

MOST = 50
# What is hidden or says nothing any more waits for nobody.
WAITS = (
    Thread.axis.is_(None),
    Thread.hidden_at.is_(None),
    Thread.withdrawn_at.is_(None),
    RUNNING,
    Thread.title != "",
)


@dataclass(frozen=True, slots=True)
class WaitingThreads:
    """How many threads of a space wait: a line for who moderates it."""

    count: int
    space: str
    slug: str


@dataclass(frozen=True, slots=True)
class ThreadWithoutAxis:
    """A thread in the list for the moderators of its space."""

    id: int
    slug: str
    title: str
    author_name: str
    created_at: datetime


def waiting(actor: Actor) -> list[WaitingThreads]:
    """Return what waits in each of the spaces that the actor moderates (one query; none for who moderates nothing)."""
    if not actor.moderates:
        return []
    return [WaitingThreads(*row) for row in select_rows(_by_space(), reader_values(actor))]


def of_space(actor: Actor, space_id: int) -> list[ThreadWithoutAxis]:
    """Return those of a space, the longest waiting first, for its moderators; NotFound, Forbidden.

    One more than MOST says that there are more.
    """
    spaces.require_moderator(actor, space_id)
    values = {**reader_values(actor), "space_id": space_id}
    return [ThreadWithoutAxis(*row) for row in select_rows(_of_space(), values)]


@cached
def _by_space() -> Select[Any]:
    reader: Any = reader_param(signed_in=True)
    query: Any = (
        select(func.count(), Space.name, Space.slug)
        .select_from(Thread)
        .join(Space, Space.id == Thread.space_id)
        .where(Space.id.in_(spaces_of(reader.id, Role.MODERATOR)), sees(Thread, reader), *WAITS)
        .group_by(Space.id, Space.name, Space.slug, Space.sort_key)
        .order_by(Space.sort_key, Space.id)
    )
    return cast(Select[Any], query)


@cached
def _of_space() -> Select[Any]:
    reader = reader_param(signed_in=True)
    query: Any = (
        select(Thread.id, Thread.slug, Thread.title, Member.name, Thread.created_at)
        .join(Member, Member.id == Thread.author_id)
        .where(Thread.space_id == bindparam("space_id", type_=Integer), sees(Thread, reader), *WAITS)
        .order_by(Thread.created_at, Thread.id)
        .limit(MOST + 1)
    )
    return cast(Select[Any], query)
