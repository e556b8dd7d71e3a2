"""A story that needs no answer: a moderator looked at it, and it waits no longer on the desk. It stays as it is."""

from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.threads import post_store
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import insert_new
from forum.models.desk import DeskAside
from forum.models.moderation import Action
from forum.models.threads import Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import deny, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict

STORY = "unanswered"  # as its queue is called


def is_aside(kind: str, item_id: Any) -> ColumnElement[bool]:
    """Return whether an item of this kind, by the column of its id, was set aside."""
    return exists().where(DeskAside.kind == kind, DeskAside.item_id == item_id)


def story(actor: Actor, thread_id: int) -> UndoableAct | None:
    """Say that a story needs no answer; for ten minutes it can be undone. Twice is once (None).

    NotFound, Forbidden, also for one's own; Conflict when another moderator said it.
    """
    thread = post_store.locked_thread(actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    if thread.author_id == actor.id:
        require(deny(_("This is your own story: another moderator looks at it.")))
    row = {
        "kind": STORY,
        "item_id": thread.id,
        "space_id": thread.space_id,
        "member_id": actor.id,
        "at": clock.now(),
    }
    if not insert_new(DeskAside, [row], DeskAside.item_id):
        by_id = db.session.scalar(
            select(DeskAside.member_id).where(DeskAside.kind == STORY, DeskAside.item_id == thread.id)
        )
        if by_id != actor.id:
            raise Conflict(_("Another moderator said already that no answer is needed here."))
        return None
    line = audit_log.record(actor, Action.SET_ASIDE, thread=thread)
    before = {"item": f"{STORY}-{thread.id}", "log_id": line.id}
    return undoable.note(actor, UndoKind.SET_ASIDE, thread_id=thread.id, before=before)


def undo(actor: Actor, act: UndoableAct) -> None:
    """Let it wait again; NotFound, Forbidden."""
    thread: Thread = post_store.locked_thread(actor, act.thread_id or 0)
    if undoable.undone_meanwhile(act):
        return
    require(may_moderate(actor, thread.space_id))
    its = (DeskAside.kind == STORY, DeskAside.item_id == thread.id)
    db.session.execute(delete(DeskAside).where(*its))
    undoable.note_undone(act)
    audit_log.record(actor, Action.NEEDS_ANSWER, thread=thread)
