"""Undo, for ten minutes: what was done to a thread, a post, a note or a lesson, and what was answered on the desk."""

from forum.domain.audit import undoable
from forum.domain.consents import removals
from forum.domain.held_posts import deciding
from forum.domain.lessons import confirming, ending
from forum.domain.moderation import (
    hiding,
    narrowing,
    revisions,
    set_aside,
    settlers,
    settling,
    taking_back,
)
from forum.domain.spaces import notes, undone_answers
from forum.domain.threads import bookmarks, rendering
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, DomainError

_OF_DESK = {
    UndoKind.JOIN: undone_answers.undo_request,
    UndoKind.CAPACITY: undone_answers.undo_capacity,
    UndoKind.SET_ASIDE: set_aside.undo,
}
SHOWN_AGAIN = {UndoKind.HIDE: hiding.restore, UndoKind.TAKE_BACK: taking_back.put_back}


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

    `again`: what `rendered` made. NotFound, Forbidden; Conflict when it is too late, or something happened since.
    """
    act = undoable.own(actor, act_id)
    if act.undone_at is not None:
        return act
    if not undoable.is_open(act):
        raise Conflict(_("The ten minutes in which you could undo this are over."))
    try:
        _bring_back(actor, act, again)
    except DomainError:
        db.session.refresh(act)
        if act.undone_at is None:  # else the same press was faster
            raise
    db.session.refresh(act)
    return act


def _bring_back(actor: Actor, act: UndoableAct, again: rendering.Rendered | None) -> None:
    if act.kind == UndoKind.NARROW:
        narrowing.undo(actor, act)
    elif act.kind == UndoKind.BOOKMARK:
        bookmarks.undo(actor, act)
    elif act.kind == UndoKind.HIDE_REVISION:
        revisions.undo(actor, act)
    elif act.kind in _OF_DESK:
        _OF_DESK[act.kind](actor, act)
    elif act.kind == UndoKind.NOTE:
        notes.undo(actor, act)
    elif act.kind == UndoKind.CONFIRM:
        confirming.undo(actor, act)
    elif act.kind == UndoKind.END:
        ending.undo(actor, act)
    elif act.kind == UndoKind.SETTLE:
        settling.undo(actor, act)
    elif act.kind == UndoKind.REFUSE_POST:
        deciding.undo(actor, act)
    elif act.kind == UndoKind.REMOVE:
        removals.undo(actor, act)
    else:
        SHOWN_AGAIN[act.kind](actor, act.post_id or 0, rendered=again)
