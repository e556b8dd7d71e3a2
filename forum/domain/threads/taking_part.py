"""The threads in which a member takes part, with what is new in each and by whom: for the home page.

Who begins or answers a thread follows it until they choose otherwise, so these are the threads that they follow.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Subquery, case, exists, func, select

from forum.domain.threads.following import holds
from forum.domain.threads.list_queries import KEYS
from forum.domain.threads.running import RUNNING
from forum.domain.threads.unread_queries import (
    first_unread_if_opened,
    marked,
    read_up_to,
    unread,
    unread_count,
)
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member
from forum.models.following import FollowLevel, ThreadFollow
from forum.models.threads import Post, ReadMark, Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

RECENT = 60  # threads in which is looked, those with the latest posts: who follows thousands waits no longer
SPEAKERS = 20  # new posts of a thread whose authors are named

PARTS = ("started", "answered", "followed")


@dataclass(frozen=True, slots=True)
class OwnThread:
    """A thread in which a member takes part; `part` is one of PARTS."""

    id: int
    slug: str
    title: str
    part: str
    new_count: int
    first_unread: int | None
    last_post_at: datetime
    names: tuple[str, ...] = ()  # of who wrote what is new, the newest first


def latest(actor: Actor, limit: int) -> list[OwnThread]:
    """Return threads that the actor takes part in and may see (one query): first those with news, by PARTS.

    None that they muted, and none whose opening post was hidden or taken back.
    """
    return [
        OwnThread(
            id=row.id,
            slug=row.slug,
            title=row.title,
            part=PARTS[row.part],
            new_count=row.new_count,
            first_unread=row.first_unread,
            last_post_at=row.last_post_at,
            names=tuple(dict.fromkeys(row.names.split("\n"))) if row.names else (),
        )
        for row in select_rows(_latest(limit), reader_values(actor))
    ]


@cached
def _latest(limit: int) -> Select[Any]:
    reader: Any = reader_param(signed_in=True)
    moment, number = KEYS
    # As in the list of all threads: a reply that was taken back or hidden is none of theirs any more.
    wrote = exists().where(
        Post.thread_id == Thread.id,
        Post.author_id == reader.id,
        Post.number > 1,
        Post.deleted_at.is_(None),
        Post.hidden_at.is_(None),
    )
    part = case((Thread.author_id == reader.id, 0), (wrote.correlate(Thread), 1), else_=2)
    recent = (
        select(
            Thread.id,
            Thread.slug,
            Thread.title,
            Thread.last_post_at,
            part.label("part"),
            unread_count(reader.id).label("new_count"),
            first_unread_if_opened(reader.id).label("first_unread"),
        )
        .select_from(ThreadFollow)
        .join(Thread, Thread.id == ThreadFollow.thread_id)
        .outerjoin(ReadMark, marked(reader.id))
        .where(
            ThreadFollow.member_id == reader.id,
            ThreadFollow.level != FollowLevel.NOTHING,
            holds(),
            sees(Thread, reader),
            Thread.hidden_at.is_(None),
            Thread.withdrawn_at.is_(None),
            RUNNING,
            Thread.title != "",
        )
        .order_by(moment.desc(), number.desc())
        .limit(RECENT)
        .subquery("own_thread")
    )
    quiet = recent.c.new_count == 0
    order = (quiet, case((quiet, 0), else_=recent.c.part), recent.c.last_post_at.desc(), recent.c.id.desc())
    query: Any = select(*recent.c, _names(recent, reader.id).label("names"))
    return cast(Select[Any], query.order_by(*order).limit(limit))


def _names(recent: Subquery, reader_id: Any) -> Any:
    """Who wrote the newest of what is new in a thread, a name for each post: bounded, however long the thread is."""
    posts = (
        select(Member.name.label("name"))
        .select_from(Post)
        .join(Member, Member.id == Post.author_id)
        .join(Thread, Thread.id == Post.thread_id)
        .outerjoin(ReadMark, marked(reader_id))
        .where(Post.thread_id == recent.c.id, Post.created_at > read_up_to(reader_id), unread(reader_id))
        .order_by(Post.number.desc())
        .limit(SPEAKERS)
        .correlate(recent)
        .subquery("new_post")
    )
    names = select(func.aggregate_strings(posts.c.name, "\n")).correlate(recent).scalar_subquery()
    return case((recent.c.new_count > 0, names), else_=None)
