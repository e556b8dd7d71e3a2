"""What a member has not read yet in a thread, as SQL; every query here joins ReadMark as `marked`.

New is a post of somebody else that stands, later than the moment up to which everything counts as read, behind the
member's mark, and in none of the ranges that they read ahead of it.
"""

from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from forum.infra.db import Moment, db
from forum.models.accounts import Member
from forum.models.threads import Post, ReadAhead, ReadMark, Thread
from forum.models.visits import SpaceVisit

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# Up to which post a member read a thread, in a query that joins their marks.
_MARK = func.coalesce(ReadMark.last_number, 0)


def read_up_to(reader_id: Any) -> ColumnElement[Any]:
    """Return the moment up to which everything counts as read for a member."""
    moment = select(func.coalesce(Member.all_read_at, Member.created_at)).where(Member.id == reader_id)
    return func.coalesce(moment.scalar_subquery(), literal(LONG_AGO, Moment))


def marked(reader_id: Any) -> ColumnElement[bool]:
    """Return the condition that joins a member's mark in a thread."""
    return and_(ReadMark.thread_id == Thread.id, ReadMark.member_id == reader_id)


def unread(reader_id: Any) -> ColumnElement[bool]:
    """Return whether a post is new for a member as far as marks tell; the query joins ReadMark."""
    return and_(_behind_mark(reader_id, _MARK), ~_read_ahead(reader_id))


def _behind_mark(reader_id: Any, mark: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(
        Post.number > mark,
        Post.author_id != reader_id,
        Post.hidden_at.is_(None),
        Post.deleted_at.is_(None),
    )


def _read_ahead(reader_id: Any) -> ColumnElement[bool]:
    """Whether a post is in a range that the member read ahead of their mark."""
    ranges = exists().where(
        ReadAhead.member_id == reader_id,
        ReadAhead.thread_id == Post.thread_id,
        Post.number.between(ReadAhead.first_number, ReadAhead.last_number),
    )
    return ranges.correlate(Post, Member)


def read_ahead(reader_id: int, thread_id: int) -> set[int]:
    """Return the numbers that a member read ahead of their mark in a thread (one query)."""
    columns = (ReadAhead.first_number, ReadAhead.last_number)
    its = (ReadAhead.member_id == reader_id, ReadAhead.thread_id == thread_id)
    ranges = db.session.execute(select(*columns).where(*its))
    return {number for first, last in ranges for number in range(first, last + 1)}


def unread_count(reader_id: Any) -> ColumnElement[int]:
    """Return how many posts in a thread are new for a member."""
    count = _posts(func.count(), reader_id)
    return case((_may_have_new(reader_id), count.scalar_subquery()), else_=0)


def unread_since(reader_id: Any, since: Any) -> ColumnElement[bool]:
    """Return whether a post in a thread that came after the moment `since` is new for a member."""
    later = _posts(literal(1, Integer), reader_id).where(Post.created_at > since).correlate(SpaceVisit)
    return and_(_may_have_new(reader_id), Thread.last_post_at > since, later.exists())


def first_unread(reader_id: Any) -> ColumnElement[int | None]:
    """Return the number of the first post in a thread that is new for a member; NULL when none is."""
    first = _posts(Post.number, reader_id).order_by(Post.number).limit(1)
    return case((_may_have_new(reader_id), first.scalar_subquery()), else_=None)


def has_unread(reader_id: Any) -> ColumnElement[bool]:
    """Return whether a post in a thread is new for a member; the query joins no ReadMark.

    For lists of many threads, most of which the member never opened: there the row of the thread says that its
    opening post is new, and no post is looked up.
    """
    opened = Thread.id.in_(select(ReadMark.thread_id).where(ReadMark.member_id == reader_id))
    begins_new = and_(
        Thread.created_at > read_up_to(reader_id),
        Thread.author_id != reader_id,
        Thread.hidden_at.is_(None),
        Thread.title != "",
        not_(or_(opened, _in_ahead(Thread.id, reader_id))),
    )
    mark = select(ReadMark.last_number).where(marked(reader_id)).correlate(Thread).scalar_subquery()
    later = _posts(literal(1, Integer), reader_id, after=func.coalesce(mark, 0))
    return case(
        (Thread.last_post_at <= read_up_to(reader_id), false()),
        (begins_new, true()),
        else_=later.exists(),
    )


def first_unread_if_opened(reader_id: Any) -> ColumnElement[int | None]:
    """Return the same for a member who has opened the thread before; NULL for one who still begins at the top."""
    return case((ReadMark.last_number.is_not(None), first_unread(reader_id)), else_=None)


def _in_ahead(thread_id: Any, reader_id: Any) -> ColumnElement[bool]:
    """Whether the member read ahead in a thread: few are, so those are found once."""
    return cast(
        ColumnElement[bool],
        thread_id.in_(select(ReadAhead.thread_id).where(ReadAhead.member_id == reader_id)),
    )


def _posts(column: Any, reader_id: Any, after: Any = _MARK) -> Any:
    # Only where the member read ahead each post is looked up.
    ahead = _in_ahead(Post.thread_id, reader_id)
    return (
        select(column)
        .select_from(Post)
        .where(
            Post.thread_id == Thread.id,
            Post.created_at > read_up_to(reader_id),
            _behind_mark(reader_id, after),
            not_(and_(ahead, _read_ahead(reader_id))),
        )
        .correlate(Thread, ReadMark)
    )


def _may_have_new(reader_id: Any) -> ColumnElement[bool]:
    """Asked of the thread's own row, so that the posts of a thread that was read to its end are not looked at."""
    return and_(
        Thread.last_post_at > read_up_to(reader_id),
        Thread.last_number > _MARK,
    )
