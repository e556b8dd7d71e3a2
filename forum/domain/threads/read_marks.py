"""How far members have read: a mark for each thread, ranges read ahead of it, and one moment of everything."""

from typing import Any

from sqlalchemy import bindparam, delete, exists, select, update

from forum.domain.threads.unread_queries import first_unread, marked
from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.infra.statements import cached
from forum.models.accounts import Member
from forum.models.threads import ReadAhead, ReadMark, Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import get_visible


def mark_read(actor: Actor, thread_id: int, *, first: int, last: int) -> None:
    """Note that the actor has read the posts `first` to `last` of a thread; nothing read becomes unread. NotFound.

    The mark moves when nothing before `first` is new; else the posts are remembered as read ahead of it, until what
    lies between is read too.
    """
    thread: Thread = get_visible(Thread, actor, thread_id)
    last = min(last, thread.last_number)
    unread, has_ahead = _position(actor, thread.id)
    follows = unread is None or first <= unread
    _move(actor, thread.id, last if follows else 0)
    if not follows:
        _remember_ahead(actor, thread.id, first, last)
    elif has_ahead:
        _catch_up(actor, thread.id)


def mark_all_read(actor: Actor) -> None:
    """Let everything up to now count as read."""
    db.session.execute(update(Member).where(Member.id == actor.id).values(all_read_at=clock.now()))
    db.session.execute(delete(ReadAhead).where(ReadAhead.member_id == actor.id))


def _position(actor: Actor, thread_id: int) -> Any:
    """The number of the first post that is new, or None, and whether anything was read ahead."""
    return db.session.execute(_position_query(), {**reader_values(actor), "thread_id": thread_id}).one()


@cached
def _position_query() -> Any:
    reader = reader_param(signed_in=True)
    assert reader is not None
    ahead = exists().where(ReadAhead.member_id == reader.id, ReadAhead.thread_id == Thread.id)
    return (
        select(first_unread(reader.id), ahead.correlate(Thread))
        .select_from(Thread)
        .outerjoin(ReadMark, marked(reader.id))
        .where(Thread.id == bindparam("thread_id"))
    )


def _move(actor: Actor, thread_id: int, last: int) -> None:
    """Move the mark on to `last`, never back; a mark at nothing says that the thread was opened."""
    mark = {"member_id": actor.id, "thread_id": thread_id, "last_number": last, "read_at": clock.now()}
    insert_new(ReadMark, [mark])
    further = (ReadMark.member_id == actor.id, ReadMark.thread_id == thread_id, ReadMark.last_number < last)
    db.session.execute(update(ReadMark).where(*further).values(last_number=last, read_at=clock.now()))


def _remember_ahead(actor: Actor, thread_id: int, first: int, last: int) -> None:
    range_read = {"member_id": actor.id, "thread_id": thread_id, "first_number": first, "last_number": last}
    insert_new(ReadAhead, [range_read])
    longer = (*_ranges(actor, thread_id), ReadAhead.first_number == first, ReadAhead.last_number < last)
    db.session.execute(update(ReadAhead).where(*longer).values(last_number=last))


def _catch_up(actor: Actor, thread_id: int) -> None:
    """Let the mark run on over the ranges in front of which nothing is new any more."""
    unread, _has_ahead = _position(actor, thread_id)
    reached = _ranges(actor, thread_id)
    if unread is not None:
        reached = (*reached, ReadAhead.first_number < unread)
    ends = db.session.scalars(delete(ReadAhead).where(*reached).returning(ReadAhead.last_number)).all()
    if ends:
        _move(actor, thread_id, max(ends))


def _ranges(actor: Actor, thread_id: int) -> Any:
    return (ReadAhead.member_id == actor.id, ReadAhead.thread_id == thread_id)
