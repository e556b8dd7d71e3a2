"""Take an earlier text of a post out of its history, such as private words that were edited out; and undo that."""

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.lines import clean_reason
from forum.domain.threads import history, post_store
from forum.infra import clock, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.moderation import Action
from forum.models.threads import Post, PostRevision
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_hide_revision, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict

MOST_HIDDEN = "60 per hour"


def asked(actor: Actor, post_id: int, number: int) -> tuple[Post, PostRevision]:
    """Return the post and the text when the actor could hide that now, for the question before it.

    NotFound, Forbidden, Conflict.
    """
    thread, post, version = history.version(actor, post_id, number)
    require(may_hide_revision(actor, post, thread))
    _refuse(post, version)
    return post, version


def hide(actor: Actor, post_id: int, number: int, *, reason: str) -> Post:
    """Hide an earlier text of a post from everybody; published lessons keep what they quote of it, drafts do not.

    For ten minutes it can be undone. NotFound, Forbidden, Conflict, Invalid at `reason`, TooOften.
    """
    thread, post = post_store.locked_post(actor, post_id)
    _thread, _post, version = history.version(actor, post_id, number)
    require(may_hide_revision(actor, post, thread))
    _refuse(post, version)
    reason = clean_reason(reason, limit=Post.HIDDEN_REASON_MAX, missing=_("Say why."))
    rates.spend("hide-revision", f"member:{actor.id}", limit=MOST_HIDDEN)
    version.hidden_at, version.hidden_reason = clock.now(), reason
    version.hidden_by_author = actor.id == post.author_id
    audit_log.record(actor, Action.HIDE_REVISION, thread=thread, post_number=post.number, reason=reason)
    undoable.note(
        actor, UndoKind.HIDE_REVISION, thread_id=thread.id, post_id=post.id, before={"revision": number}
    )
    return post


def undo(actor: Actor, act: UndoableAct) -> None:
    """Show an earlier text again, as if it had never been hidden; NotFound, Forbidden."""
    thread, post = post_store.locked_post(actor, act.post_id or 0)
    db.session.refresh(act)
    if act.undone_at is not None:
        return
    _thread, _post, version = history.version(actor, post.id, act.before["revision"])
    require(may_hide_revision(actor, post, thread))
    version.hidden_at, version.hidden_reason, version.hidden_by_author = None, "", False
    undoable.note_undone(act)
    audit_log.record(actor, Action.SHOW_REVISION, thread=thread, post_number=post.number)


def _refuse(post: Post, version: PostRevision) -> None:
    if version.number == post.revision:
        raise Conflict(_("This is the text as it stands now, so it cannot be hidden alone."))
    if version.hidden_at is not None:
        raise Conflict(_("This version is hidden already."))
