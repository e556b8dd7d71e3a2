"""Undo that the nomination of a thread was closed: nobody was told of it yet."""

from sqlalchemy import delete, exists, select, update

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.threads import post_store
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.lessons import Lesson, LessonSource
from forum.models.moderation import Action
from forum.models.nominations import Nomination, NominationEnd
from forum.models.undo import UndoableAct
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict


def undo(actor: Actor, act: UndoableAct) -> None:
    """Let what members said of a thread wait again; who said it once more since keeps that instead.

    NotFound, Forbidden; Conflict where the thread moved or a lesson was begun since.
    """
    thread = post_store.locked_thread(actor, act.thread_id or 0)
    if undoable.undone_meanwhile(act):
        return
    require(may_moderate(actor, thread.space_id))
    begun = exists().where(
        LessonSource.thread_id == thread.id,
        Lesson.id == LessonSource.lesson_id,
        Lesson.created_at >= act.at,
    )
    if thread.space_id != act.before["space_id"] or db.session.scalar(select(begun)):
        raise Conflict(_("Something else was done here since. This can no longer be undone."))
    its = (Nomination.id.in_(act.before["ids"]), Nomination.ending == NominationEnd.CLOSED)
    again = select(Nomination.member_id).where(
        Nomination.thread_id == thread.id, Nomination.ended_at.is_(None)
    )
    db.session.execute(
        delete(Nomination)
        .where(*its, Nomination.member_id.in_(db.session.scalars(again).all()))
        .execution_options(synchronize_session="fetch")
    )
    db.session.execute(
        update(Nomination)
        .where(*its)
        .values(ending=None, ended_at=None, ended_by_id=None, reason="")
        .execution_options(synchronize_session="fetch")
    )
    undoable.note_undone(act)
    audit_log.record(actor, Action.REOPEN_NOMINATION, thread=thread)
