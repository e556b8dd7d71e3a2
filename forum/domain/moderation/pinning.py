"""Pin threads to the top of the page of their space: a few at most, at places that a constraint keeps."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.threads import post_store
from forum.domain.threads.running import ARCHIVED, RUNNING
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import insert_new
from forum.models.moderation import Action, ModerationAction
from forum.models.pins import PinnedThread
from forum.models.threads import Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import YES, Answer, deny, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.regrouping import ARCHIVED as WHY_ARCHIVED
from forum.policy.visibility import Reader, sees


@dataclass(frozen=True, slots=True)
class Pinned:
    """A pinned thread on the page of its space."""

    id: int
    slug: str
    title: str
    last_post_at: datetime


def pin(actor: Actor, thread_id: int) -> Thread:
    """Pin a thread to its space; pinned already, nothing more. NotFound, Forbidden, Conflict when there is no place."""
    thread = post_store.locked_thread(actor, thread_id)
    require(_may_pin(actor, thread))
    if is_pinned(thread):
        return thread
    _pin(thread, clock.now())
    _note(actor, thread, audit_log.record(actor, Action.PIN, thread=thread))
    return thread


def unpin(actor: Actor, thread_id: int) -> Thread:
    """Pin a thread no more; not pinned, nothing more. NotFound, Forbidden."""
    thread = post_store.locked_thread(actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    if is_pinned(thread):
        _unpin(thread)
        _note(actor, thread, audit_log.record(actor, Action.UNPIN, thread=thread))
    return thread


def undo(actor: Actor, act: UndoableAct) -> None:
    """Pin a thread again, or no more, as before the act; NotFound, Forbidden, Conflict where that changed since."""
    thread = post_store.locked_thread(actor, act.thread_id or 0)
    if undoable.undone_meanwhile(act):
        return
    require(may_moderate(actor, thread.space_id))
    was_pinned = not act.before["pinned"]
    if thread.space_id != act.before["space_id"] or is_pinned(thread) == was_pinned:
        raise Conflict(_("Something else was done here since. This can no longer be undone."))
    if was_pinned:
        require(_may_pin(actor, thread))
        _pin(thread, clock.now())
    else:
        _unpin(thread)
    undoable.note_undone(act)
    audit_log.record(actor, Action.PIN if was_pinned else Action.UNPIN, thread=thread)


def is_pinned(thread: Thread) -> bool:
    """Return whether a thread is pinned to the space in which it stands (one query)."""
    query = select(PinnedThread.thread_id).where(
        PinnedThread.thread_id == thread.id, PinnedThread.space_id == thread.space_id
    )
    return db.session.scalar(query) is not None


def take_down(thread: Thread) -> None:
    """Pin a locked thread no longer, as part of another act: who pinned it can no longer undo that."""
    _unpin(thread)
    undoable.end(UndoKind.PIN, thread_id=thread.id, at=clock.now())


def pin_again(thread: Thread) -> None:
    """Pin a locked thread as before an act that is undone; where others took all places, it stays off."""
    _take_place(thread, clock.now())


def of_space(reader: Reader | None, space_id: int) -> list[Pinned]:
    """Return the threads pinned to a space that the reader may see, in their places (one query)."""
    rows = db.session.execute(
        select(Thread.id, Thread.slug, Thread.title, Thread.last_post_at)
        .join(PinnedThread, PinnedThread.thread_id == Thread.id)
        .where(
            PinnedThread.space_id == space_id,
            Thread.space_id == space_id,
            Thread.title != "",
            Thread.hidden_at.is_(None),
            RUNNING,
            sees(Thread, reader),
        )
        .order_by(PinnedThread.place)
    )
    return [Pinned(*row) for row in rows]


def _may_pin(actor: Actor, thread: Thread) -> Answer:
    gone = thread.hidden_at is not None or thread.withdrawn_at is not None or not thread.title
    if thread.archived_at is not None:
        return may_moderate(actor, thread.space_id) and deny(str(WHY_ARCHIVED))
    return may_moderate(actor, thread.space_id) and (
        deny(_("The opening post is hidden or was taken back.")) if gone else YES
    )


def _pin(thread: Thread, at: datetime) -> None:
    if not _take_place(thread, at):
        raise Conflict(
            _(
                "%(number)d threads are pinned in this space already. Unpin one of them first.",
                number=PinnedThread.MOST,
            )
        )


def _take_place(thread: Thread, at: datetime) -> bool:
    """Take the first place that is free, also of what nobody sees there any more; return whether there is one."""
    gone = select(PinnedThread.thread_id).join(Thread, Thread.id == PinnedThread.thread_id)
    gone = gone.where(
        PinnedThread.space_id == thread.space_id,
        or_(
            Thread.space_id != PinnedThread.space_id,
            Thread.title == "",
            Thread.hidden_at.is_not(None),
            Thread.withdrawn_at.is_not(None),
            ARCHIVED,
        ),
    )
    db.session.execute(delete(PinnedThread).where(PinnedThread.thread_id.in_(db.session.scalars(gone).all())))
    for place in range(1, PinnedThread.MOST + 1):
        row = {"thread_id": thread.id, "space_id": thread.space_id, "place": place, "pinned_at": at}
        if insert_new(PinnedThread, [row], PinnedThread.place):
            return True
    return False


def _unpin(thread: Thread) -> None:
    db.session.execute(delete(PinnedThread).where(PinnedThread.thread_id == thread.id))


def _note(actor: Actor, thread: Thread, line: ModerationAction) -> None:
    """A pin or its end that came after it takes the place of one that could still be undone."""
    undoable.end(UndoKind.PIN, thread_id=thread.id, at=clock.now())
    before = {"pinned": line.action == Action.PIN, "space_id": thread.space_id, "log_id": line.id}
    undoable.note(actor, UndoKind.PIN, thread_id=thread.id, before=before)
