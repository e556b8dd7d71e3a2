"""The end of a round: at its term or with the last yes, and all answers take effect in that one act.

Whatever has no yes leaves the draft. Nothing that stays behind tells a refusal from no answer: not a row, its moment,
nor its order.
"""

from datetime import datetime

from sqlalchemy import or_, select

from forum.domain.consents import store
from forum.domain.consents.store import Locked
from forum.domain.lessons import state_machine
from forum.domain.lessons.consent_checks import Key, key
from forum.domain.lessons.state_machine import Move
from forum.domain.lessons.unlooked import STANDS
from forum.domain.mailing import events
from forum.domain.threads import excerpts
from forum.infra.db import db
from forum.models.claims import Excerpt
from forum.models.consents import YESES, Consent, ConsentAnswer, ConsentRequest, ConsentRound, Masking
from forum.models.lesson_steps import StepKind

MASKINGS = {
    ConsentAnswer.NAME: Masking.NAME,
    ConsentAnswer.FUNCTION: Masking.FUNCTION,
    ConsentAnswer.MASKED: Masking.MASKED,
}


def close_due(now: datetime) -> bool:
    """Close one round whose term is over (system verb), or in which everybody who is still asked said yes.

    So it ends where the last one without a yes is asked no more. Return whether there was one.
    """
    without_yes = select(ConsentRequest.id).where(
        ConsentRequest.round_id == ConsentRound.id,
        STANDS,
        or_(ConsentRequest.answer.is_(None), ConsentRequest.answer.not_in(YESES)),
    )
    due = (
        select(ConsentRound.id)
        .where(ConsentRound.closed_at.is_(None), or_(ConsentRound.closes_at <= now, ~without_yes.exists()))
        .order_by(ConsentRound.closes_at, ConsentRound.id)
        .limit(1)
    )
    round_id = db.session.scalar(due)
    if round_id is None:
        return False
    found = store.locked(round_id)
    is_due = found.round.closes_at <= now or found.is_all_yes
    if found.round.closed_at is None and is_due:  # somebody may have been first
        close(found, at=now)
    return True


def remind_due(now: datetime) -> bool:
    """Let one round whose day of the reminder has come remind its authors (system verb); return whether there was one.

    Whoever has not said yes is reminded: a refusal, other words and no answer alike.
    """
    due = (
        select(ConsentRound.id)
        .where(
            ConsentRound.closed_at.is_(None),
            ConsentRound.reminded_at.is_(None),
            ConsentRound.remind_at <= now,
            ConsentRound.closes_at > now,
        )
        .order_by(ConsentRound.remind_at, ConsentRound.id)
        .limit(1)
    )
    round_id = db.session.scalar(due)
    if round_id is None:
        return False
    found = store.locked(round_id)
    if found.round.closed_at is None and found.round.reminded_at is None:
        found.round.reminded_at = now
        db.session.flush()
        events.record("consent_round.reminded", round_id=round_id)
    return True


def close(found: Locked, *, at: datetime) -> None:
    """Let all answers of a round take effect; its lesson is locked, and the round open until now."""
    lesson, round_, requests = found
    step = state_machine.begin(StepKind.CLOSE_QUESTION, Move(None, lesson))
    # Other words wait for the curator; everything else is decided now, in an order that was drawn by lot.
    decided = [request for request in requests if request.answer != ConsentAnswer.OTHER_WORDS]
    for request in decided:
        write(round_, request, MASKINGS.get(request.answer) if request.answer else None, at=at)
    take_out(round_.version_id, {about(request) for request in decided if request.answer not in YESES})
    store.forget_refusals(round_.id, closed_at=at)
    round_.closed_at = at
    lesson.round_id = None
    step.finish()
    events.record("consent_round.closed", round_id=round_.id)


def write(
    round_: ConsentRound,
    request: ConsentRequest,
    masking: Masking | None,
    *,
    at: datetime,
    other_words: str = "",
) -> None:
    """Write what holds for a passage from now on; without `masking` it went, and why is written nowhere."""
    row = _row(round_, request)
    row.asked_at, row.answered_at, row.note = round_.opened_at, at, ""
    row.agreed = masking is not None
    row.masking = masking or Masking.MASKED
    row.city_shown = masking in {Masking.NAME, Masking.FUNCTION}
    row.shown_as = "" if masking is None else shown_as(request, masking)
    row.words = request.said if masking is None else other_words or request.words
    row.adapted = masking is not None and (request.adapted or bool(other_words))
    db.session.add(row)
    db.session.flush()  # one by one, so that the ids follow the order of the questions


def shown_as(request: ConsentRequest, masking: Masking) -> str:
    """Return how readers see the author under that masking."""
    return {
        Masking.NAME: request.as_name,
        Masking.FUNCTION: request.as_function,
        Masking.MASKED: request.as_masked,
    }[masking]


def agreed_as(request: ConsentRequest) -> str:
    """Return how an author who said yes agreed to stand there; masked with other words that were taken."""
    return shown_as(
        request, MASKINGS.get(request.answer, Masking.MASKED) if request.answer else Masking.MASKED
    )


def about(request: ConsentRequest) -> Key:
    """Return what a question is about: the key of its excerpt and of the consent that comes of it."""
    return request.post_id, request.sha256, request.claim_text


def take_out(version_id: int, keys: set[Key]) -> None:
    """Let the excerpts with these keys leave a draft; their claims stay, and may have nothing left to rest on."""
    for quoted in excerpts.under(version_id):
        if key(quoted) in keys:
            db.session.delete(db.session.get_one(Excerpt, quoted.excerpt.id))
    db.session.flush()
    db.session.expire_all()


def _row(round_: ConsentRound, request: ConsentRequest) -> Consent:
    """The row of an earlier round about the same, else a new one."""
    same = select(Consent).where(
        Consent.lesson_id == round_.lesson_id,
        Consent.post_id == request.post_id,
        Consent.sha256 == request.sha256,
        Consent.claim_text == request.claim_text,
        Consent.audience == round_.audience,
    )
    return db.session.scalars(same).one_or_none() or Consent(
        lesson_id=round_.lesson_id,
        post_id=request.post_id,
        author_id=request.author_id,
        sha256=request.sha256,
        claim_text=request.claim_text,
        audience=round_.audience,
    )
