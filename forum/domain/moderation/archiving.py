"""Put a thread whose talk is over in the archive of its space, and take it out again.

It is read as before, by the same people at the same address; nobody writes in it, and it leaves every list of running
talk (`threads/running.py`). Whether a moderator closed it before stays as it was, for when it comes out.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.lines import clean_reason
from forum.domain.mailing import events
from forum.domain.moderation import archive_plans, pinning
from forum.domain.moderation.archive_plans import ArchivePlan
from forum.domain.threads import post_store
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.moderation import Action, ModerationAction
from forum.models.threads import Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.regrouping import may_archive
from forum.policy.visibility import get_visible

NEVER = timedelta(0)  # in which an act could be undone: its like before it was


def planned(actor: Actor, thread_id: int) -> ArchivePlan:
    """Return what archiving a thread would do; nothing is done. NotFound, Forbidden, Conflict when it is archived."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    _require_runs(actor, thread)
    return archive_plans.of(actor, thread)


def archive(actor: Actor, thread_id: int, *, seen: str, reason: str = "") -> Thread:
    """Archive a thread, as the plan with the digest `seen` showed it; it is pinned no longer.

    For ten minutes it can be undone, then people hear of it. The same press, sent twice, is once. Errors as `planned`,
    Invalid at `reason`, Conflict where something changed since they looked.
    """
    thread = post_store.locked_thread(actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    if _pressed_before(actor, thread, seen):
        return thread
    _require_runs(actor, thread)
    reason = clean_reason(reason, limit=ModerationAction.REASON_MAX, missing=None)
    archive_plans.require_seen(archive_plans.of(actor, thread), seen)
    was_pinned = _put_away(thread, clock.now())
    audit_log.record(actor, Action.ARCHIVE, thread=thread, reason=reason)
    was = {"archived": True, "pinned": was_pinned, "seen": seen}
    if act := _note(actor, thread, was):
        events.record("thread.archived", thread_id=thread.id, act_id=act.id)
    else:  # kept, as by it the same press is known again
        undoable.note(
            actor, UndoKind.ARCHIVE, thread_id=thread.id, before={**was, **_here(thread)}, window=NEVER
        )
    return thread


def bring_back(actor: Actor, thread_id: int) -> Thread:
    """Take a thread out of the archive; NotFound, Forbidden, Conflict when it is not in it.

    For ten minutes it can be undone, then people hear of it.
    """
    thread = post_store.locked_thread(actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    if thread.archived_at is None:
        raise Conflict(_("This thread is not in the archive."))
    was = {"archived": False, "archived_at": thread.archived_at.isoformat()}
    thread.archived_at = None
    audit_log.record(actor, Action.UNARCHIVE, thread=thread)
    if act := _note(actor, thread, was):
        events.record("thread.unarchived", thread_id=thread.id, act_id=act.id)
    return thread


def undo(actor: Actor, act: UndoableAct) -> None:
    """Let a thread run, or be archived, as before the act; NotFound, Forbidden, Conflict where that changed since."""
    thread = post_store.locked_thread(actor, act.thread_id or 0)
    if undoable.undone_meanwhile(act):
        return
    require(may_moderate(actor, thread.space_id))
    was = act.before
    if thread.space_id != was["space_id"] or (thread.archived_at is not None) != was["archived"]:
        raise Conflict(_("Something else was done here since. This can no longer be undone."))
    if was["archived"]:
        thread.archived_at = None
        if was["pinned"]:
            pinning.pin_again(thread)
    else:
        require(may_archive(actor, thread))
        _require_nothing_new(thread, act)
        _put_away(thread, datetime.fromisoformat(was["archived_at"]))
    undoable.note_undone(act)
    audit_log.record(actor, Action.UNARCHIVE if was["archived"] else Action.ARCHIVE, thread=thread)


def _pressed_before(actor: Actor, thread: Thread, seen: str) -> bool:
    """Whether a thread that is archived was archived by this press of the actor, or by it before something undid it."""
    if thread.archived_at is None:
        return False
    its = (UndoableAct.kind == UndoKind.ARCHIVE, UndoableAct.thread_id == thread.id)
    acts = db.session.scalars(select(UndoableAct).where(*its, UndoableAct.actor_id == actor.id))
    return any(act.before.get("seen") == seen for act in acts)


def _here(thread: Thread) -> dict[str, object]:
    return {"space_id": thread.space_id, "last_number": thread.last_number}


def _require_runs(actor: Actor, thread: Thread) -> None:
    require(may_archive(actor, thread))
    if thread.archived_at is not None:
        raise Conflict(_("This thread is in the archive already."))


def _require_nothing_new(thread: Thread, act: UndoableAct) -> None:
    """Nobody looked at what was written since it came out: archiving it anew shows that first. Conflict."""
    if thread.last_number != act.before["last_number"]:
        raise Conflict(_("Somebody wrote here meanwhile. This can no longer be undone."))


def _put_away(thread: Thread, at: datetime) -> bool:
    """Archive a locked thread; return whether it was pinned until now."""
    was_pinned = pinning.is_pinned(thread)
    thread.archived_at = at
    if was_pinned:
        pinning.take_down(thread)
    return was_pinned


def _note(actor: Actor, thread: Thread, was: dict[str, object]) -> UndoableAct | None:
    """Write the act down, of which people hear later; None where it takes back what they did not hear of yet.

    Once somebody wrote meanwhile, or it went elsewhere, it is an act of its own: others hear of it.
    """
    last, here = _last_act(thread), _here(thread)
    is_back = last is not None and here.items() <= last.before.items()
    if undoable.mark_undone(UndoKind.ARCHIVE, thread_id=thread.id) and is_back:
        if last is not None and last.before.get("pinned"):
            pinning.pin_again(thread)
        return None
    return undoable.note(actor, UndoKind.ARCHIVE, thread_id=thread.id, before={**was, **here})


def _last_act(thread: Thread) -> UndoableAct | None:
    """The last act by which anybody archived it or took it out, and that was not undone."""
    its = (UndoableAct.kind == UndoKind.ARCHIVE, UndoableAct.thread_id == thread.id)
    query = select(UndoableAct).where(*its, UndoableAct.undone_at.is_(None))
    return db.session.scalars(query.order_by(UndoableAct.id.desc()).limit(1)).one_or_none()
