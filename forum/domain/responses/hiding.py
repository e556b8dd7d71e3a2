"""Hide the sentence of a response with a reason, and show it again; the response itself still counts."""

from sqlalchemy import or_, select

from forum.domain.audit import log as audit_log
from forum.domain.house_rules import grounds
from forum.domain.lines import clean_reason
from forum.domain.mailing import events, notices
from forum.domain.mailing.notices import Subject
from forum.domain.responses import page
from forum.domain.threads import post_store
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.moderation import Action
from forum.models.responses import ThreadResponse
from forum.models.threads import Thread
from forum.policy.actions import deny, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import Conflict, NotFound
from forum.policy.visibility import sees

TOLD = "response_hidden"


def to_hide(actor: Actor, response_id: int) -> tuple[Thread, page.Sentence]:
    """Return the thread and the sentence that its moderator would hide; NotFound, Forbidden, Conflict."""
    thread = _thread(actor, response_id)
    sentence = page.sentence(actor, thread, response_id)
    if sentence is None:
        raise NotFound
    _require(actor, thread, actor.id if sentence.is_own else 0)
    if sentence.is_hidden:
        raise Conflict(_("This sentence is hidden already."))
    return thread, sentence


def hide(actor: Actor, response_id: int, *, reason: str, rule: str = "") -> Thread:
    """Hide the sentence of a response; its author reads the reason, and `rule`, the house rule on which it rests.

    NotFound, Forbidden, Invalid at `reason` or `rule`, Conflict when it is hidden already.
    """
    thread, response = _locked(actor, response_id)
    _require(actor, thread, response.member_id)
    if response.hidden_at is not None:
        raise Conflict(_("This sentence is hidden already."))
    limit = ThreadResponse.HIDDEN_REASON_MAX
    reason = clean_reason(reason, limit=limit, missing=_("Say why: the author reads it."))
    rule_id = grounds.rule_of(thread.space_id, rule)
    response.hidden_at, response.hidden_by_id, response.hidden_reason = clock.now(), actor.id, reason
    audit_log.record(
        actor, Action.HIDE, thread=thread, subject_id=response.member_id, reason=reason, rule_id=rule_id
    )
    events.record("response.hidden", thread_id=thread.id, member_id=response.member_id, actor_id=actor.id)
    return thread


def restore(actor: Actor, response_id: int) -> Thread:
    """Show a hidden sentence again; NotFound, Forbidden, Conflict when it is not hidden."""
    thread, response = _locked(actor, response_id)
    _require(actor, thread, response.member_id)
    if response.hidden_at is None:
        raise Conflict(_("This sentence is not hidden."))
    response.hidden_at = response.hidden_by_id = None
    response.hidden_reason = ""
    audit_log.record(actor, Action.RESTORE, thread=thread, subject_id=response.member_id)
    # Who did not read yet that it was hidden need not hear of it any more.
    if not notices.take_back(TOLD, response.member_id, about=Subject(thread_id=thread.id)):
        events.record(
            "response.restored", thread_id=thread.id, member_id=response.member_id, actor_id=actor.id
        )
    return thread


def _require(actor: Actor, thread: Thread, member_id: int) -> None:
    require(may_moderate(actor, thread.space_id))
    if member_id == actor.id:
        require(deny(_("This is your own sentence: another moderator looks at it.")))


def _thread(actor: Actor, response_id: int) -> Thread:
    """The thread of a response with a sentence that the actor sees: a hidden one its moderators; NotFound."""
    thread: Thread | None = db.session.scalars(
        select(Thread)
        .join(ThreadResponse, ThreadResponse.thread_id == Thread.id)
        .where(ThreadResponse.id == response_id, ThreadResponse.sentence != "", sees(Thread, actor))
        .where(or_(ThreadResponse.hidden_at.is_(None), Thread.space_id.in_(moderated(actor))))
    ).one_or_none()
    if thread is None:
        raise NotFound
    return thread


def _locked(actor: Actor, response_id: int) -> tuple[Thread, ThreadResponse]:
    thread = post_store.locked_thread(actor, _thread(actor, response_id).id)
    response = db.session.get(ThreadResponse, response_id, populate_existing=True)
    if response is None or not response.sentence:  # taken back meanwhile
        raise NotFound
    return thread, response
