"""Undo, for ten minutes: what was done to a thread, a post, a note or a lesson, and what was answered on the desk."""

from collections.abc import Callable, Mapping

from forum.domain.audit import undoable
from forum.domain.consents import removals
from forum.domain.held_posts import deciding
from forum.domain.lessons import confirming, ending
from forum.domain.moderation import (
    archiving,
    deleting,
    hiding,
    leaving_out,
    locking,
    narrowing,
    pinning,
    retitling,
    revisions,
    set_aside,
    settlers,
    settling,
    taking_back,
)
from forum.domain.regrouping import merging, moving, splitting
from forum.domain.spaces import measures, notes, undone_answers
from forum.domain.threads import bookmarks, classification, closed_nominations, moved, rendering
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.threads import Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, DomainError, NotFound
from forum.policy.visibility import get_visible

_UNDO: Mapping[UndoKind, Callable[[Actor, UndoableAct], object]] = {
    UndoKind.ARCHIVE: archiving.undo,
    UndoKind.BOOKMARK: bookmarks.undo,
    UndoKind.CAPACITY: undone_answers.undo_capacity,
    UndoKind.CLASSIFY: classification.undo,
    UndoKind.CLOSE_NOMINATION: closed_nominations.undo,
    UndoKind.CONFIRM: confirming.undo,
    UndoKind.DELETE_POST: deleting.undo,
    UndoKind.END: ending.undo,
    UndoKind.HIDE_REVISION: revisions.undo,
    UndoKind.JOIN: undone_answers.undo_request,
    UndoKind.LEAVE_OUT: leaving_out.undo,
    UndoKind.LOCK: locking.undo,
    UndoKind.MEASURE: measures.undo,
    UndoKind.MERGE: merging.undo,
    UndoKind.MOVE: moving.undo,
    UndoKind.NARROW: narrowing.undo,
    UndoKind.NOTE: notes.undo,
    UndoKind.PIN: pinning.undo,
    UndoKind.REFUSE_POST: deciding.undo,
    UndoKind.REMOVE: removals.undo,
    UndoKind.RETITLE: retitling.undo,
    UndoKind.SETTLE: settling.undo,
    UndoKind.SET_ASIDE: set_aside.undo,
    UndoKind.SPLIT: splitting.undo,
}
SHOWN_AGAIN = (UndoKind.HIDE, UndoKind.TAKE_BACK)


def rendered(actor: Actor, act_id: int) -> rendering.Rendered | None:
    """Return the post as it would be shown again, where the act hid one: made before `undo`, outside any lock.

    NotFound, TooOften.
    """
    act = undoable.own(actor, act_id)
    if act.kind not in SHOWN_AGAIN or not undoable.is_open(act):
        return None
    _thread, post = settlers.place(actor, act.post_id or 0)
    return rendering.of(actor, post)


def undo(actor: Actor, act_id: int, *, again: rendering.Rendered | None = None) -> UndoableAct:
    """Bring back exactly what was before an act of the actor, within its ten minutes; undone already, nothing more.

    `again`: what `rendered` made. NotFound for the act of another, Forbidden; Conflict when it is too late, something
    happened since, or what it was done to is no longer there for the actor.
    """
    act = undoable.own(actor, act_id)
    if act.undone_at is not None:
        return act
    undoable.require_open(act)
    thread_id = act.thread_id
    try:
        _bring_back(actor, act, again)
    except DomainError as error:
        if undoable.undone_meanwhile(act):
            return act
        if act.thread_id != thread_id:  # that thread went into another one at this moment
            get_visible(Thread, actor, act.thread_id or 0)
            raise Conflict(_("Something else was done here since. This can no longer be undone.")) from error
        if isinstance(error, NotFound):
            raise Conflict(_gone(actor, act)) from error
        raise
    db.session.refresh(act)
    return act


def _gone(actor: Actor, act: UndoableAct) -> str:
    """Why an act cannot be undone whose thread the actor does not find: where its posts are, to who may see it."""
    there = moved.leads_to(actor, act.thread_id, 1) if act.thread_id is not None else None
    if there is not None and there.title:
        return _(
            "This thread was merged into “%(title)s” since, so this can no longer be undone.",
            title=there.title,
        )
    return _("What you did this to is no longer here, or no longer for you. This can no longer be undone.")


def _bring_back(actor: Actor, act: UndoableAct, again: rendering.Rendered | None) -> None:
    if act.kind == UndoKind.HIDE:
        hiding.undo(actor, act, rendered=again)
    elif act.kind == UndoKind.TAKE_BACK:
        taking_back.put_back(actor, act.post_id or 0, rendered=again)
    else:
        _UNDO[act.kind](actor, act)
