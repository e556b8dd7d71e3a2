"""Change who may read a thread. Published lessons keep what they quote: each excerpt has its right since its seal."""

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.mailing import events
from forum.domain.regrouping import agreements, authors, dry_run, meanwhile, reasons, refusals, regroupings
from forum.domain.regrouping.dry_run import DryRun
from forum.domain.threads import post_store
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.moderation import Action, ActorRole
from forum.models.regrouping import AgreementRound
from forum.models.spaces import Audience, Space
from forum.models.threads import Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Forbidden, Invalid
from forum.policy.measures import refusal_unseen
from forum.policy.regrouping import ARCHIVED, may_regroup
from forum.policy.visibility import get_visible


def asked(actor: Actor, thread_id: int, *, audience: Audience) -> Thread:
    """Return the thread when the actor may give it that audience, for the question before it.

    Also to a moderator who would have to ask its authors first. NotFound, Forbidden, Invalid at `audience`.
    """
    thread: Thread = get_visible(Thread, actor, thread_id)
    if audience.rank > thread.audience.rank and may_regroup(actor, thread):
        _require_allowed(thread, audience)
    elif audience != thread.audience:
        _refuse(actor, thread, audience)
    return thread


def foreseen(actor: Actor, thread: Thread, audience: Audience) -> DryRun:
    """Return what another audience would do to the readers of a thread `asked`, or why it cannot have it now."""
    regrouping = regroupings.readers(thread, audience)
    return dry_run.of(actor, regrouping, refusals.of_readers(actor, regrouping))


def ask_authors(actor: Actor, thread_id: int, *, audience: Audience) -> AgreementRound:
    """Ask all who wrote in a thread, as its moderator, whether more people may read it; twice is once.

    NotFound, Forbidden, Invalid at `audience`; Conflict where nobody has to be asked, or another question is open;
    TooOften.
    """
    thread = post_store.locked_thread(actor, thread_id)
    require(may_regroup(actor, thread))
    _require_allowed(thread, audience)
    regrouping = regroupings.readers(thread, audience)
    refusals.require(refusals.of_readers(actor, regrouping))
    found = dry_run.of(actor, regrouping)
    if audience.rank <= thread.audience.rank or not found.asks_others:
        raise Conflict(_("Nobody has to be asked about this."))
    return agreements.ask(actor, regrouping, [*found.others, *found.own])


def set_audience(actor: Actor, thread_id: int, *, audience: Audience, seen: str, reason: str = "") -> Thread:
    """Let fewer members read a thread, as its moderator; or more, as its author while nobody else took part in it.

    For ten minutes a narrower audience can be undone. `seen` is the digest of the dry run that the actor looked at;
    `reason` is for where one `is_asked`. NotFound, Forbidden, Invalid at `audience` or `reason`, Conflict where
    something changed since they looked, or something waits there that was written for the readers of now.
    """
    thread = post_store.locked_thread(actor, thread_id)
    audience, before = Audience(audience), thread.audience
    if audience == before:
        return thread
    _refuse(actor, thread, audience)
    regrouping = regroupings.readers(thread, audience)
    refusals.require(refusals.of_readers(actor, regrouping))
    dry_run.require_same(dry_run.of(actor, regrouping), seen)
    is_narrower = audience.rank < before.rank
    why = reasons.cleaned(reason) if reasons.is_asked(actor, thread, audience) else ""
    thread.audience = audience
    action = Action.NARROW if is_narrower else Action.WIDEN
    role = ActorRole.AUTHOR if reasons.is_alone(actor, thread) else ActorRole.MODERATOR
    audit_log.record(actor, action, thread=thread, role=role, reason=why)
    agreements.done(thread)
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

    Conflict when somebody wrote for those who read it now, its readers were changed once more, or it was archived
    since.
    """
    thread = post_store.locked_thread(actor, act.thread_id or 0)
    if undoable.undone_meanwhile(act):
        return thread
    if thread.author_id != actor.id:
        require(may_moderate(actor, thread.space_id))
    was = act.before
    if (thread.audience, thread.space_id) != (was["became"], was["space_id"]):
        raise Conflict(
            _("Who may read this thread was changed once more since. This can no longer be undone.")
        )
    if thread.last_number != was["last_number"] or meanwhile.is_written_in(thread, since=act.at):
        raise Conflict(
            _("Somebody wrote here meanwhile for those who can read it now. This can no longer be undone.")
        )
    if thread.archived_at is not None and thread.archived_at > act.at:
        meanwhile.require_running(thread)
    audience = Audience(was["audience"])
    if audience.rank > db.session.get_one(Space, thread.space_id).widest_audience.rank:
        raise Conflict(_("Threads in this space cannot have that many readers."))
    thread.audience = audience
    undoable.note_undone(act)
    audit_log.record(actor, Action.WIDEN, thread=thread)
    return thread


def _refuse(actor: Actor, thread: Thread, audience: Audience) -> None:
    only_author = reasons.is_alone(actor, thread)
    if audience.rank < thread.audience.rank:
        if not only_author:
            require(may_moderate(actor, thread.space_id))
        return
    if thread.archived_at is not None:
        raise Forbidden(str(ARCHIVED))
    if _is_agreed(actor, thread, audience):
        return
    if thread.author_id != actor.id:
        if may_moderate(actor, thread.space_id):
            require(may_regroup(actor, thread))
        raise Forbidden(_("Only the person who started this thread can let more people read it."))
    if not only_author:
        raise Forbidden(
            _(
                "Others took part here for the people who could read it then, so you cannot let more people read it."
            )
        )
    if why := refusal_unseen(actor, thread.space_id):
        raise Forbidden(why)
    _require_allowed(thread, audience)


def _require_allowed(thread: Thread, audience: Audience) -> None:
    if audience.rank > db.session.get_one(Space, thread.space_id).widest_audience.rank:
        raise Invalid("audience", _("Threads in this space cannot have that many readers."))


def _is_agreed(actor: Actor, thread: Thread, audience: Audience) -> bool:
    """Whether a moderator may let more people read it, as all others who wrote there agreed to it, if any did."""
    if not may_regroup(actor, thread):
        return False
    others = [one for one in authors.of_thread(thread.id) if one != actor.id]
    agreed = not others or agreements.covers(regroupings.readers(thread, audience), others)
    if agreed:
        _require_allowed(thread, audience)
    return agreed
