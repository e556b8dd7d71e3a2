"""Give a thread another title, with a reason that its author reads. The title before stays in the history."""

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.lines import clean_reason
from forum.domain.mailing import events
from forum.domain.regrouping import agreements
from forum.domain.threads import post_store, posts
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.moderation import Action, ModerationAction
from forum.models.threads import Post, PostRevision, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.visibility import get_visible
from forum.policy.words import may_retitle


def asked(actor: Actor, thread_id: int) -> Thread:
    """Return a thread to which the actor may give another title, for the form; NotFound, Forbidden."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    require(may_retitle(actor, thread))
    return thread


def retitle(actor: Actor, thread_id: int, *, title: str, reason: str) -> Thread:
    """Give a thread another title; the same again changes nothing. Its author hears of it after ten minutes.

    The addresses that people have go on to lead there. NotFound, Forbidden, Invalid at `title` or `reason`.
    """
    thread = post_store.locked_thread(actor, thread_id)
    require(may_retitle(actor, thread))
    title = post_store.clean_title(title)
    if title == thread.title:
        return thread
    missing = _("Say why: the author reads it.")
    reason = clean_reason(reason, limit=ModerationAction.REASON_MAX, missing=missing)
    post = _opening(thread)
    edited = undoable.moment(post.edited_at)
    _write(actor, thread, post, title)
    line = audit_log.record(actor, Action.RETITLE, thread=thread, reason=reason)
    was = {"space_id": thread.space_id, "audience": thread.audience.value, "revision": post.revision}
    before = {**was, "edited_at": edited, "log_id": line.id}
    act = undoable.note(actor, UndoKind.RETITLE, thread_id=thread.id, post_id=post.id, before=before)
    events.record("thread.retitled", post_id=post.id, act_id=act.id)
    return thread


def undo(actor: Actor, act: UndoableAct) -> None:
    """Give a thread the title that it had; NotFound, Forbidden, Conflict where anything was done to it since.

    The title is read where it stands, so that none comes back from which words were left out.
    """
    thread = post_store.locked_thread(actor, act.thread_id or 0)
    if undoable.undone_meanwhile(act):
        return
    require(may_moderate(actor, thread.space_id))
    post, was = _opening(thread), act.before
    same = (post.revision, thread.space_id, thread.audience) == (
        was["revision"],
        was["space_id"],
        was["audience"],
    )
    # Of a merged thread the act is carried to the other one, which has a title of its own.
    if not same or post.id != act.post_id or not may_retitle(actor, thread):
        raise Conflict(_("Something else was done here since. This can no longer be undone."))
    before = select(PostRevision.title).where(
        PostRevision.post_id == post.id, PostRevision.number == post.revision - 1
    )
    _write(actor, thread, post, db.session.scalars(before).one())
    post.edited_at = undoable.kept_moment(was, "edited_at", post.edited_at)
    agreements.look_again(thread.id)
    undoable.note_undone(act)
    audit_log.record(actor, Action.RETITLE, thread=thread)


def _opening(thread: Thread) -> Post:
    query = select(Post).where(Post.thread_id == thread.id, Post.number == 1)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _write(actor: Actor, thread: Thread, post: Post, title: str) -> None:
    """The title stands in the text of the opening post, which gets a new one."""
    body, now = post_store.latest_revision(post).body, clock.now()
    post.revision += 1
    post.edited_at = now
    post_store.add_revision(post, body, post.html, title=title, editor_id=actor.id, at=now)
    posts.show_heading(thread, title, post.html)
    db.session.flush()
