"""How far members have read: a mark for each thread, and one moment up to which everything counts as read."""

from sqlalchemy import update

from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.accounts import Member
from forum.models.threads import ReadMark, Thread
from forum.policy.actors import Actor
from forum.policy.visibility import get_visible


def mark_read(actor: Actor, thread_id: int, number: int) -> None:
    """Note that the actor has read a thread up to a post; a mark never moves back. NotFound."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    last_number = min(number, thread.last_number)
    mark = {"member_id": actor.id, "thread_id": thread.id, "last_number": last_number, "read_at": clock.now()}
    insert_new(ReadMark, [mark])
    db.session.execute(
        update(ReadMark)
        .where(
            ReadMark.member_id == actor.id,
            ReadMark.thread_id == thread.id,
            ReadMark.last_number < last_number,
        )
        .values(last_number=last_number, read_at=clock.now())
    )


def mark_all_read(actor: Actor) -> None:
    """Let everything up to now count as read."""
    db.session.execute(update(Member).where(Member.id == actor.id).values(all_read_at=clock.now()))
