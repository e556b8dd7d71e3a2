"""What the moderators of a space keep to themselves of a thread that leaves it: it is ended, and shown nowhere else.

Their log, private notes and settled reports name the space, or the moment; others read none of them.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update

from forum.domain.threads import nominations
from forum.infra import clock
from forum.infra.db import db
from forum.models.classification import Part, ThreadChange
from forum.models.desk import DeskAside, DeskTaking
from forum.models.held import PointedOut
from forum.models.pins import PinnedThread
from forum.models.sealing import Sealing
from forum.models.summaries import SummaryKeeper
from forum.models.threads import Post, Thread

# The kinds of items on the desk that are named by the id of a thread, of a post, and of what was left out of one.
_OF_THREADS = ("unanswered", "theme", "nominated")
_OF_POSTS = ("reported", "objections")
_OF_SEALINGS = ("left_out",)


def leave(thread: Thread) -> None:
    """End what moderators have in hand of a thread, and forget what was for them alone; the thread is locked."""
    nominations.forget(thread)
    for kept in (SummaryKeeper, PinnedThread):
        db.session.execute(delete(kept).where(kept.thread_id == thread.id))
    posts = select(Post.id).where(Post.thread_id == thread.id)
    db.session.execute(
        delete(PointedOut).where(PointedOut.post_id.in_(posts)).execution_options(synchronize_session=False)
    )
    taken = update(DeskTaking).where(_is_about(DeskTaking, thread), DeskTaking.ended_at.is_(None))
    aside = delete(DeskAside).where(_is_about(DeskAside, thread))
    for change in (taken.values(ended_at=clock.now()), aside):
        db.session.execute(change.execution_options(synchronize_session=False))


def is_of_here(thread_id: Any, at: Any) -> ColumnElement[bool]:
    """Return whether something of a thread was decided at a moment since which it did not change its space.

    What was decided before is for the moderators of where it stood then.
    """
    moved = exists().where(
        ThreadChange.thread_id == thread_id, ThreadChange.part == Part.SPACE, ThreadChange.changed_at >= at
    )
    return ~moved.correlate_except(ThreadChange)


def _is_about(row: Any, thread: Thread) -> ColumnElement[bool]:
    posts = select(Post.id).where(Post.thread_id == thread.id)
    sealings = select(Sealing.id).where(Sealing.post_id.in_(posts))
    return or_(
        and_(row.kind.in_(_OF_THREADS), row.item_id == thread.id),
        and_(row.kind.in_(_OF_POSTS), row.item_id.in_(posts)),
        and_(row.kind.in_(_OF_SEALINGS), row.item_id.in_(sealings)),
    )
