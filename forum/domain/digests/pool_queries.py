"""The one pass over the posts of a stretch of time, the same for every member; whoever reads it asks the rule."""

from typing import Any, cast

from sqlalchemy import ColumnElement, Select, bindparam, exists, select
from sqlalchemy.orm import aliased

from forum.domain.people.capacities import lit_city
from forum.domain.themes.tags import spelling
from forum.domain.threads.running import RUNNING
from forum.infra.columns import code
from forum.infra.db import Moment
from forum.infra.in_lists import in_list
from forum.infra.statements import cached
from forum.models.accounts import Capacity
from forum.models.spaces import Space
from forum.models.themes import Tag, ThreadTag
from forum.models.threads import Post, Thread

_BEFORE = aliased(Post)
_EARLIER = aliased(Post)


def _between() -> ColumnElement[bool]:
    since, until = (bindparam(name, type_=Moment) for name in ("since", "until"))
    return Post.created_at.between(since, until) & (Post.created_at > since)


def _stand() -> tuple[ColumnElement[bool], ...]:
    return (
        Post.hidden_at.is_(None),
        Post.deleted_at.is_(None),
        Thread.hidden_at.is_(None),
        Thread.withdrawn_at.is_(None),
        RUNNING,
        Thread.title != "",
    )


@cached
def posts() -> Select[Any]:
    """Every post that stands, the oldest first, with the city it lights and the moment of the one before it."""
    query: Any = (
        select(
            Post.id,
            Post.thread_id,
            Post.number,
            Post.author_id,
            Post.created_at,
            lit_city(Post.created_at).label("city"),
            _BEFORE.created_at.label("before_at"),
        )
        .select_from(Post)
        .join(Thread, Thread.id == Post.thread_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .outerjoin(_BEFORE, (_BEFORE.thread_id == Post.thread_id) & (_BEFORE.number == Post.number - 1))
        .where(_between(), *_stand())
        .order_by(Post.created_at, Post.id)
    )
    return cast(Select[Any], query)


@cached
def threads() -> Select[Any]:
    """The threads of those posts, each with its space."""
    spoken = exists().where(Post.thread_id == Thread.id, _between(), Post.hidden_at.is_(None))
    query: Any = (
        select(
            Thread.id,
            Thread.space_id,
            code(Thread.audience),
            code(Thread.axis),
            code(Thread.need),
            Thread.author_id,
            Thread.answered_at,
            Thread.locked_at,
            Thread.created_at,
            Space.name.label("space_name"),
            Space.slug.label("space_slug"),
            Space.sort_key.label("space_sort_key"),
        )
        .select_from(Thread)
        .join(Space, Space.id == Thread.space_id)
        .where(spoken.correlate(Thread), *_stand()[2:])
        # An index of its own: without it every thread of the network is asked.
        .where(Thread.last_post_at > bindparam("since", type_=Moment))
    )
    return cast(Select[Any], query)


@cached
def tags() -> Select[Any]:
    """Which of those threads has which of the tags `tag_ids`."""
    query: Any = (
        select(ThreadTag.thread_id, ThreadTag.tag_id, spelling(ThreadTag.name).label("name"))
        .join(Tag, Tag.id == ThreadTag.tag_id)
        .join(Thread, Thread.id == ThreadTag.thread_id)
        .where(in_list(ThreadTag.tag_id, "tag_ids"), Thread.last_post_at > bindparam("since", type_=Moment))
    )
    return cast(Select[Any], query)


@cached
def by_newcomers() -> Select[Any]:
    """Those of the posts `ids` whose author had not written in the thread before."""
    wrote = exists().where(
        _EARLIER.thread_id == Post.thread_id,
        _EARLIER.author_id == Post.author_id,
        _EARLIER.number < Post.number,
    )
    return cast(Select[Any], select(Post.id).where(in_list(Post.id, "ids"), ~wrote.correlate(Post)))
