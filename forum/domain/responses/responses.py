"""Respond to a story with one press, say a sentence with it, and take it back."""

from sqlalchemy import delete, exists, select

from forum.domain.house_rules import acceptance
from forum.domain.lines import clean_line
from forum.domain.mailing import events, notices
from forum.domain.mailing.notices import Subject
from forum.domain.people import capacities
from forum.domain.threads import post_store, written_for
from forum.infra import clock, days, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.responses import ResponseKind, ThreadResponse
from forum.models.threads import Thread
from forum.policy.actions import may_respond, require
from forum.policy.actors import Actor
from forum.policy.errors import Forbidden, Invalid
from forum.policy.measures import refusal_unseen

MOST = "120 per hour"
TOLD = "responded"  # as which the author of the story hears of it


def respond(
    actor: Actor,
    thread_id: int,
    *,
    kind: ResponseKind,
    sentence: str | None = None,
    accepts: int | None = None,
    readers: str | None = None,
) -> ThreadResponse:
    """Respond to the story of a thread, or change what one said; without `sentence` it stays as it is.

    The same again changes nothing. NotFound, Forbidden, Invalid at `sentence`, also for new words where others read the
    thread than their form said (`readers`), or at `accepts` for words of who has to accept the house rules first,
    TooOften.
    """
    thread = post_store.locked_thread(actor, thread_id)
    require(may_respond(actor, thread))
    if sentence is not None:
        sentence = clean_line(sentence, field="sentence", limit=ThreadResponse.SENTENCE_MAX)
        if sentence and (why := refusal_unseen(actor, thread.space_id)):
            raise Invalid("sentence", why)
        if sentence:
            acceptance.require_accepted(actor, thread.space_id, accepts=accepts)
    response = _own(actor, thread)
    if sentence and written_for.is_wider(thread, readers):
        written_for.require_read(response is not None and response.sentence == sentence, "sentence")
    rates.spend("respond", f"member:{actor.id}", limit=MOST)
    if response is None:
        return _begin(actor, thread, ResponseKind(kind), sentence or "")
    said = response.sentence if sentence is None else sentence
    if said != response.sentence and response.hidden_at is not None:
        raise Forbidden(_("A moderator has hidden your sentence."))
    if (response.kind, response.sentence) != (kind, said):
        response.kind, response.sentence = ResponseKind(kind), said
        _sign(actor, response)
        db.session.flush()
        events.record("response.changed", thread_id=thread.id)
    return response


def take_back(actor: Actor, thread_id: int) -> Thread:
    """Take one's own response back, also where the thread is closed; without one nothing happens.

    NotFound.
    """
    thread = post_store.locked_thread(actor, thread_id)
    own = (ThreadResponse.thread_id == thread.id, ThreadResponse.member_id == actor.id)
    if db.session.scalar(delete(ThreadResponse).where(*own).returning(ThreadResponse.id)) is not None:
        events.record("response.changed", thread_id=thread.id)
    if not db.session.scalar(select(exists().where(ThreadResponse.thread_id == thread.id))):
        # Whoever began a thread that was merged into this one was told, too.
        notices.take_back(TOLD, None, about=Subject(thread_id=thread.id))
    return thread


def _own(actor: Actor, thread: Thread) -> ThreadResponse | None:
    return db.session.scalars(
        select(ThreadResponse)
        .where(ThreadResponse.thread_id == thread.id, ThreadResponse.member_id == actor.id)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _begin(actor: Actor, thread: Thread, kind: ResponseKind, sentence: str) -> ThreadResponse:
    # Who responds at the same moment on another device waits for the lock on the thread, and finds this one.
    response = ThreadResponse(
        thread_id=thread.id, member_id=actor.id, kind=kind, sentence=sentence, hidden_reason=""
    )
    _sign(actor, response)
    db.session.add(response)
    db.session.flush()
    events.record("response.given", thread_id=thread.id, actor_id=actor.id)
    return response


def _sign(actor: Actor, response: ThreadResponse) -> None:
    """Say when and in which capacity it is said, as with a post."""
    capacity = capacities.current(actor.id, days.today(actor.timezone))
    response.said_at, response.capacity_id = clock.now(), capacity.id if capacity else None
