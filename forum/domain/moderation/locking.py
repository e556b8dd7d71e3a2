"""Close a thread to new posts, and open it again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.lines import clean_reason
from forum.domain.mailing import events
from forum.domain.spaces import spaces
from forum.domain.threads import post_store
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.moderation import Action, ModerationAction
from forum.models.threads import Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict

MOST = 50


@dataclass(frozen=True, slots=True)
class ClosedThread:
    """A closed thread in the list for the moderators of its space."""

    id: int
    slug: str
    title: str
    author_name: str
    locked_at: datetime


def lock(actor: Actor, thread_id: int, *, reason: str = "") -> Thread:
    """Close a thread: it stays readable and takes no more posts. For ten minutes it can be undone; then it is told.

    NotFound, Forbidden, Conflict when it is closed already, Invalid at `reason`.
    """
    thread = post_store.locked_thread(actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    if thread.locked_at is not None:
        raise Conflict(_("This thread is closed already."))
    thread.locked_at = clock.now()
    audit_log.record(
        actor,
        Action.LOCK,
        thread=thread,
        reason=clean_reason(reason, limit=ModerationAction.REASON_MAX, missing=None),
    )
    act = undoable.note(
        actor,
        UndoKind.LOCK,
        thread_id=thread.id,
        before={"space_id": thread.space_id, "locked_at": thread.locked_at.isoformat()},
    )
    events.record("thread.locked", thread_id=thread.id, act_id=act.id)
    return thread


def reopen(actor: Actor, thread_id: int) -> Thread:
    """Let a closed thread take posts again; within the ten minutes of closing it nobody hears of either.

    NotFound, Forbidden, Conflict when it is open.
    """
    thread = post_store.locked_thread(actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    if thread.locked_at is None:
        raise Conflict(_("This thread is open already."))
    thread.locked_at = None
    was_open = undoable.mark_undone(UndoKind.LOCK, thread_id=thread.id)
    audit_log.record(actor, Action.REOPEN, thread=thread)
    if not was_open:
        events.record("thread.reopened", thread_id=thread.id, actor_id=actor.id)
    return thread


def undo(actor: Actor, act: UndoableAct) -> None:
    """Let a thread take posts again, as if it never closed: nobody is told.

    NotFound, Forbidden, Conflict where it was closed anew or is elsewhere now.
    """
    thread = post_store.locked_thread(actor, act.thread_id or 0)
    if undoable.undone_meanwhile(act):
        return
    require(may_moderate(actor, thread.space_id))
    closed_then = thread.locked_at is not None and thread.locked_at.isoformat() == act.before["locked_at"]
    if not closed_then or thread.space_id != act.before["space_id"]:
        raise Conflict(_("Something else was done here since. This can no longer be undone."))
    reopen(actor, thread.id)


def closed_threads(actor: Actor, space_id: int) -> list[ClosedThread]:
    """Return the closed threads of a space, the latest first, for its moderators; NotFound, Forbidden."""
    spaces.require_moderator(actor, space_id)
    query = (
        select(Thread.id, Thread.slug, Thread.title, Member.name.label("author_name"), Thread.locked_at)
        .join(Member, Member.id == Thread.author_id)
        .where(Thread.space_id == space_id, Thread.withdrawn_at.is_(None), Thread.locked_at.is_not(None))
        .order_by(Thread.locked_at.desc(), Thread.id.desc())
        .limit(MOST)
    )
    return [ClosedThread(**row._mapping) for row in db.session.execute(query)]
