"""A moderator moves a thread to another space of theirs: after a dry run, and with nobody's words to anybody new.

What is for the moderators of the space where it stands is settled first (`threads/waiting_there.py`).
"""

from dataclasses import dataclass

from sqlalchemy import delete, select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.mailing import events
from forum.domain.regrouping import agreements, dry_run, meanwhile, reasons, refusals, regroupings
from forum.domain.regrouping.dry_run import DryRun
from forum.domain.regrouping.regroupings import Regrouping
from forum.domain.threads import placing, post_store, waiting_there
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.held import PointedOut
from forum.models.moderation import Action, ActorRole, MoveMark
from forum.models.moved_posts import MovedPost
from forum.models.regrouping import AgreementRound
from forum.models.spaces import Audience, Space
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_moderate, may_start, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Forbidden, Invalid
from forum.policy.regrouping import may_regroup
from forum.policy.visibility import get_visible


@dataclass(frozen=True, slots=True)
class Chosen:
    """Where a moderator wants a thread, and for which readers: None are those of now, as far as that space has them."""

    space_id: int
    audience: Audience | None = None


def to_move(actor: Actor, thread_id: int) -> Thread:
    """Return a thread that the actor may move as its moderator, unless it has to stay; NotFound, Forbidden."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    require(may_regroup(actor, thread))
    return thread


def asked(actor: Actor, thread_id: int, chosen: Chosen) -> DryRun:
    """Return what a move would do, before it, or why it cannot be done now.

    NotFound, Forbidden, Invalid at `audience`, Conflict where it stands there.
    """
    regrouping = checked(actor, to_move(actor, thread_id), chosen)
    return dry_run.of(actor, regrouping, refusals.of_move(actor, regrouping))


def move(actor: Actor, thread_id: int, chosen: Chosen, *, seen: str | None, reason: str) -> Thread:
    """Move a thread; for ten minutes it can be undone, then people hear of it.

    `seen` is the digest of the dry run that the actor looked at. NotFound, Forbidden, Invalid at `audience` or
    `reason`, Conflict where something keeps it there, or changed since they looked.
    """
    thread = post_store.locked_thread(actor, thread_id)
    require(may_regroup(actor, thread))
    regrouping = checked(actor, thread, chosen)
    refusals.require(refusals.of_move(actor, regrouping))
    found = dry_run.of(actor, regrouping)
    dry_run.require_same(found, seen)
    reason = reasons.cleaned(reason)
    if found.asks_others and not agreements.covers(regrouping, found.others):
        raise Forbidden(_("People would read words that were not written for them. Ask their authors first."))
    mark = MoveMark.TAKES_AWAY if found.takes_away else MoveMark.NONE
    return _go(actor, regrouping, mark, reason)


def ask_authors(actor: Actor, thread_id: int, chosen: Chosen) -> AgreementRound:
    """Ask all who wrote in a thread whether it may move to where others would read them; twice is once.

    Errors as of `asked`; Conflict where nobody has to be asked, or another question is open; TooOften.
    """
    thread = post_store.locked_thread(actor, thread_id)
    require(may_regroup(actor, thread))
    regrouping = checked(actor, thread, chosen)
    refusals.require(refusals.of_move(actor, regrouping))
    found = dry_run.of(actor, regrouping)
    if not found.asks_others:
        raise Conflict(_("Nobody has to be asked about this."))
    return agreements.ask(actor, regrouping, [*found.others, *found.own])


def undo(actor: Actor, act: UndoableAct) -> Thread:
    """Bring a thread back to the space where it stood; NotFound, Forbidden.

    Conflict where anybody wrote or reported anything there meanwhile, or it was moved or narrowed once more: nothing
    that was written for the people of one space goes to those of another.
    """
    thread = post_store.locked_thread(actor, act.thread_id or 0)
    if undoable.undone_meanwhile(act):
        return thread
    was = act.before
    require(may_moderate(actor, was["space_id"]))
    if (thread.space_id, thread.audience) != (was["became_in"], was["became"]):
        raise Conflict(
            _("This thread was moved, or got other readers, once more since. This can no longer be undone.")
        )
    if thread.last_number != was["last_number"] or meanwhile.is_written_in(thread, since=act.at):
        raise Conflict(
            _("Somebody wrote here meanwhile for those who can read it now. This can no longer be undone.")
        )
    meanwhile.require_running(thread)
    if _is_split_since(thread, act):
        raise Conflict(_("Posts of this thread went to another one since. This can no longer be undone."))
    _take_from_there(thread, act)
    waiting_there.require_none(thread)
    space = db.session.get_one(Space, was["space_id"])
    audience = Audience(was["audience"])
    if audience.rank > space.widest_audience.rank:
        raise Conflict(_("Threads in this space cannot have that many readers."))
    _place(actor, thread, space, audience, MoveMark.UNDONE)
    undoable.note_undone(act)
    return thread


def checked(actor: Actor, thread: Thread, chosen: Chosen) -> Regrouping:
    """Return the move, as far as the actor may choose its space and its readers there.

    NotFound, Forbidden, Invalid at `audience`, Conflict where it stands there.
    """
    space: Space = get_visible(Space, actor, chosen.space_id)
    require(may_start(actor, space))
    present = Audience(thread.audience)
    audience = chosen.audience or min(present, space.widest_audience, key=lambda level: level.rank)
    if audience.rank > space.widest_audience.rank:
        raise Invalid("audience", _("Threads in this space cannot have that many readers."))
    if thread.space_id == space.id:
        raise Conflict(_("The thread is in that space already."))
    return regroupings.move(thread, space.id, audience)


def _go(actor: Actor, regrouping: Regrouping, mark: MoveMark, reason: str) -> Thread:
    thread, after = regrouping.thread, regrouping.after
    space = db.session.get_one(Space, after.space_id)
    was = {"space_id": thread.space_id, "audience": thread.audience, "last_number": thread.last_number}
    _place(actor, thread, space, after.audience, mark, reason)
    for kind in (UndoKind.NARROW, UndoKind.MOVE):
        undoable.mark_undone(kind, thread_id=thread.id)
    act = undoable.note(
        actor,
        UndoKind.MOVE,
        thread_id=thread.id,
        before={**was, "became_in": space.id, "became": thread.audience},
    )
    events.record("thread.moved", thread_id=thread.id, actor_id=actor.id, act_id=act.id)
    return thread


def _place(
    actor: Actor, thread: Thread, space: Space, audience: Audience, mark: MoveMark, reason: str = ""
) -> None:
    """Place it, with a line in the log of either space: in neither stands what the other one is called."""
    as_moderator = ActorRole.MODERATOR
    line = audit_log.record(actor, Action.MOVE, thread=thread, reason=reason, role=as_moderator, mark=mark)
    placing.place(actor, thread, space, audience=audience, action_id=line.id)
    came = MoveMark.UNDONE if mark == MoveMark.UNDONE else MoveMark.NONE
    audit_log.record(actor, Action.MOVE_IN, thread=thread, role=as_moderator, mark=came)
    agreements.done(thread)


def _is_split_since(thread: Thread, act: UndoableAct) -> bool:
    """Whether posts that came along stand elsewhere in that space now: they would stay behind there."""
    went = (MovedPost.thread_id == thread.id, MovedPost.moved_at >= act.at)
    return db.session.scalar(select(MovedPost.post_id).where(*went).limit(1)) is not None


def _take_from_there(thread: Thread, act: UndoableAct) -> None:
    """Forget which words were pointed out to the moderators over there: they watch for them, and nobody else."""
    posts = select(Post.id).where(Post.thread_id == thread.id)
    new = delete(PointedOut).where(PointedOut.post_id.in_(posts), PointedOut.at >= act.at)
    db.session.execute(new.execution_options(synchronize_session=False))
