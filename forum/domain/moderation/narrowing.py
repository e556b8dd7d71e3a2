"""Change who may read a thread. Published lessons keep what they quote: each excerpt has its right since its seal."""

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.mailing import events
from forum.domain.threads import post_store
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.moderation import Action, ActorRole
from forum.models.responses import ThreadResponse
from forum.models.spaces import Audience, Space
from forum.models.summaries import SummaryVersion
from forum.models.threads import Post, PostRevision, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Forbidden, Invalid
from forum.policy.visibility import get_visible


def asked(actor: Actor, thread_id: int, *, audience: Audience) -> Thread:
    """Return the thread when the actor could give it that audience now, for the question before it.

    NotFound, Forbidden, Invalid at `audience`.
    """
    thread: Thread = get_visible(Thread, actor, thread_id)
    if audience != thread.audience:
        _refuse(actor, thread, audience)
    return thread


def set_audience(actor: Actor, thread_id: int, *, audience: Audience) -> Thread:
    """Let fewer members read a thread, as its moderator; or more, as its author while nobody else took part in it.

    For ten minutes a narrower audience can be undone. NotFound, Forbidden, Invalid at `audience`.
    """
    thread = post_store.locked_thread(actor, thread_id)
    audience, before = Audience(audience), thread.audience
    if audience == before:
        return thread
    _refuse(actor, thread, audience)
    thread.audience = audience
    is_narrower = audience.rank < before.rank
    action, role = (Action.NARROW, ActorRole.MODERATOR) if is_narrower else (Action.WIDEN, ActorRole.AUTHOR)
    audit_log.record(actor, action, thread=thread, role=role)
    if is_narrower:
        was = {"audience": before, "space_id": thread.space_id, "last_number": thread.last_number}
        act = undoable.note(actor, UndoKind.NARROW, thread_id=thread.id, before={**was, "became": audience})
        events.record("thread.narrowed", thread_id=thread.id, act_id=act.id)
    else:
        post_store.begin_history_anew(thread)
        undoable.mark_undone(UndoKind.NARROW, thread_id=thread.id)
    return thread


def undo(actor: Actor, act: UndoableAct) -> Thread:
    """Give a thread the readers that it had before; NotFound, Forbidden.

    Conflict when somebody wrote for those who read it now, or when its readers were changed once more.
    """
    thread = post_store.locked_thread(actor, act.thread_id or 0)
    db.session.refresh(act)
    if act.undone_at is not None:
        return thread
    if thread.author_id != actor.id:
        require(may_moderate(actor, thread.space_id))
    was = act.before
    if (thread.audience, thread.space_id) != (was["became"], was["space_id"]):
        raise Conflict(
            _("Who may read this thread was changed once more since. This can no longer be undone.")
        )
    if thread.last_number != was["last_number"] or _is_written_in(thread, act):
        raise Conflict(
            _("Somebody wrote here meanwhile for those who can read it now. This can no longer be undone.")
        )
    audience = Audience(was["audience"])
    if audience.rank > db.session.get_one(Space, thread.space_id).widest_audience.rank:
        raise Conflict(_("Threads in this space cannot have that many readers."))
    thread.audience = audience
    undoable.note_undone(act)
    audit_log.record(actor, Action.WIDEN, thread=thread)
    return thread


def _refuse(actor: Actor, thread: Thread, audience: Audience) -> None:
    only_author = thread.author_id == actor.id and not post_store.others_took_part(thread)
    if audience.rank < thread.audience.rank:
        if not only_author:
            require(may_moderate(actor, thread.space_id))
        return
    if thread.author_id != actor.id:
        raise Forbidden(_("Only the person who started this thread can let more people read it."))
    if not only_author:
        raise Forbidden(
            _(
                "Others took part here for the people who could read it then, so you cannot let more people read it."
            )
        )
    if audience.rank > db.session.get_one(Space, thread.space_id).widest_audience.rank:
        raise Invalid("audience", _("Threads in this space cannot have that many readers."))


def _is_written_in(thread: Thread, act: UndoableAct) -> bool:
    """Whether a text of a post was changed after the act, or anything said beside them: a new post has a number."""
    changed = (
        select(PostRevision.id)
        .join(Post, Post.id == PostRevision.post_id)
        .where(Post.thread_id == thread.id, PostRevision.created_at > act.at)
        .limit(1)
    )
    responded = (
        select(ThreadResponse.id)
        .where(ThreadResponse.thread_id == thread.id, ThreadResponse.said_at > act.at)
        .limit(1)
    )
    summarised = (
        select(SummaryVersion.id)
        .where(SummaryVersion.thread_id == thread.id, SummaryVersion.created_at > act.at)
        .limit(1)
    )
    return any(db.session.scalar(query) is not None for query in (changed, responded, summarised))
