"""Counter-evidence against a claim: brought by a reader, decided on by a moderator, replied to, and ended.

Accepted it disputes the lesson until a moderator says why no longer, or a new version says what it did with it. Then it
still stands beside the claim. Words that wait are read by their author and the makers alone.
"""

from typing import Any

from sqlalchemy import func, select

from forum.domain.lessons import behind_claims, held, own_cases, page, report_words, state_machine
from forum.domain.lessons.listed import published
from forum.domain.lessons.state_machine import Move
from forum.domain.lines import clean_paragraphs, clean_reason
from forum.domain.mailing import events
from forum.domain.people import capacities
from forum.infra import clock, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.adoptions import AdoptionReport
from forum.models.claims import Claim
from forum.models.disputes import CounterEvidence, EvidenceReply
from forum.models.lesson_steps import StepKind
from forum.models.lessons import Lesson, LessonVersion
from forum.models.threads import Outcome
from forum.policy.actions import deny, require
from forum.policy.actors import Actor
from forum.policy.disputing import (
    knows_of,
    may_answer_in_draft,
    may_decide,
    may_dispute,
    may_reply_to,
    may_take_evidence_back,
    may_turn_down,
)
from forum.policy.errors import Conflict, Invalid, NotFound
from forum.policy.measures import refusal_about

MOST = "20 per hour"  # of one member: the makers of a lesson hear of each


def to_dispute(actor: Actor, public_id: str) -> tuple[page.Titled, list[Claim], int | None]:
    """Return what the form is about: the lesson, its claims, and the actor's own report on it; NotFound, Forbidden."""
    titled = page.title_of(actor, public_id)
    require(may_dispute(actor, titled.lesson, is_note=is_note(titled.lesson)))
    return titled, _claims(titled.lesson), own_report(actor, titled.lesson)


def is_note(lesson: Lesson) -> bool:
    """Return whether readers get the note of a discussion."""
    version = db.session.get(LessonVersion, lesson.current_id or 0)
    return version is not None and version.outcome == Outcome.DISCUSSION


def own_report(actor: Actor, lesson: Lesson) -> int | None:
    """Return the report on a lesson that the actor made and that stands."""
    own = select(AdoptionReport.id).filter_by(lesson_id=lesson.id, reporter_id=actor.id, stands=True)
    return db.session.scalar(own.limit(1))


def bring(
    actor: Actor, public_id: str, *, claim: int, words: str, post: str = "", with_report: bool = False
) -> CounterEvidence:
    """Bring evidence against a claim, known by its root, with the address of a post or the own report if there is one.

    The same again is what was brought. NotFound, Forbidden; Invalid at `claim`, `words` or `post`; Conflict while other
    evidence of theirs against that claim waits, TooOften.
    """
    lesson = published(actor, public_id, lock=True)
    require(may_dispute(actor, lesson, is_note=is_note(lesson)))
    against = next((one for one in _claims(lesson) if one.root == claim), None)
    if against is None:
        raise Invalid("claim", _("Choose the claim that this contradicts."))
    limit, missing = CounterEvidence.WORDS_MAX, _("Say in your own words what contradicts it.")
    said = clean_paragraphs(words, field="words", limit=limit, missing=missing)
    post_id = report_words.post_at(actor, post)
    waiting = _waiting_of(actor, lesson, claim)
    if waiting is not None:
        if waiting.words == said:
            return waiting
        raise Conflict(_("You brought evidence against this claim that still waits: take that back first."))
    rates.spend("dispute", f"member:{actor.id}", limit=MOST)
    spoke_as = capacities.current(actor.id)
    evidence = CounterEvidence(
        lesson_id=lesson.id,
        claim_root=claim,
        claim_text=against.text,
        author_id=actor.id,
        capacity_id=spoke_as.id if spoke_as is not None else None,
        words=said,
        post_id=post_id,
        report_id=own_report(actor, lesson) if with_report else None,
        made_at=clock.now(),
    )
    db.session.add(evidence)
    db.session.flush()
    events.record("evidence.brought", **_about(evidence, actor))
    return evidence


def accept(actor: Actor, public_id: str, evidence_id: int) -> CounterEvidence:
    """Let it stand beside its claim; accepted already, nothing more. NotFound, Forbidden; Conflict if declined."""
    lesson, evidence = _held(actor, public_id, evidence_id)
    require(may_decide(actor, lesson, evidence))
    if evidence.decided_at is not None:
        if evidence.accepted:
            return evidence
        raise Conflict(_("Another moderator declined this evidence."))
    step = state_machine.begin(StepKind.DISPUTE, Move(actor, lesson, evidence=evidence))
    evidence.accepted, evidence.decided_at, evidence.decided_by_id = True, clock.now(), actor.id
    step.finish(reason=evidence.claim_text)
    look(lesson)
    events.record("evidence.accepted", **_about(evidence, actor))
    return evidence


def decline(actor: Actor, public_id: str, evidence_id: int, *, reason: str) -> CounterEvidence:
    """Decline it with a reason, which its author reads; the same again is what was said.

    NotFound, Forbidden, Invalid at `reason`; Conflict when it was decided otherwise.
    """
    lesson, evidence = _to_turn_down(actor, public_id, evidence_id)
    because = clean_reason(
        reason, limit=CounterEvidence.REASON_MAX, missing=_("Say why: who brought it reads it.")
    )
    if evidence.decided_at is not None:
        if not evidence.accepted and evidence.declined_because == because:
            return evidence
        raise Conflict(_("A moderator decided on this evidence already."))
    step = state_machine.begin(StepKind.DECLINE_EVIDENCE, Move(actor, lesson, evidence=evidence))
    evidence.decided_at, evidence.decided_by_id = clock.now(), actor.id
    evidence.declined_because = because
    step.finish(reason=because)
    events.record("evidence.declined", **_about(evidence, actor))
    return evidence


def take_back(actor: Actor, public_id: str, evidence_id: int) -> Lesson:
    """Delete what the actor brought and nobody decided on; gone already, nothing more. NotFound, Forbidden."""
    lesson = published(actor, public_id, lock=True)
    evidence = db.session.get(CounterEvidence, evidence_id, populate_existing=True)
    if evidence is None or evidence.lesson_id != lesson.id or not knows_of(actor, lesson, evidence):
        return lesson  # told alike: who asks does not learn whether something waits here, or elsewhere
    require(may_take_evidence_back(actor, evidence))
    db.session.delete(evidence)
    db.session.flush()
    return lesson


def reply(actor: Actor, public_id: str, evidence_id: int, *, words: str) -> EvidenceReply:
    """Say what the actor, quoted for the claim or curator of the lesson, replies: one each, which this changes.

    NotFound, Forbidden, Invalid at `words`.
    """
    lesson, evidence = _held(actor, public_id, evidence_id)
    require(may_reply_to(actor, evidence, behind=actor.id in behind_claims.of_evidence(lesson, evidence)))
    if why := refusal_about(actor, lesson.space_id):
        require(deny(why))
    said = clean_paragraphs(
        words, field="words", limit=EvidenceReply.WORDS_MAX, missing=_("Write your reply.")
    )
    own = db.session.get(EvidenceReply, (evidence.id, actor.id))
    if own is None:
        own = EvidenceReply(evidence_id=evidence.id, author_id=actor.id, words=said, made_at=clock.now())
        db.session.add(own)
    elif own.words != said:
        own.words, own.changed_at = said, clock.now()
    db.session.flush()
    return own


def settle(actor: Actor, public_id: str, evidence_id: int, *, reason: str) -> CounterEvidence:
    """End the dispute with a sentence why; ended already with that sentence, nothing more.

    NotFound, Forbidden, Invalid at `reason`; Conflict when it is not open.
    """
    lesson, evidence = _to_turn_down(actor, public_id, evidence_id)
    because = clean_reason(
        reason, limit=CounterEvidence.REASON_MAX, missing=_("Say why it is answered: everybody reads it.")
    )
    if evidence.ended_at is not None and evidence.ended_because == because:
        return evidence
    if not evidence.accepted or evidence.ended_at is not None:
        raise Conflict(_("This dispute is not open."))
    _end(actor, lesson, evidence, because)
    look(lesson)
    return evidence


def answer_in_draft(actor: Actor, public_id: str, evidence_id: int, *, words: str) -> CounterEvidence:
    """Say what the version that is being made does with it, or nothing yet; NotFound, Forbidden, Invalid at `reason`.

    It shows to readers once that version is published, and ends the dispute then.
    """
    lesson, evidence = _held(actor, public_id, evidence_id)
    require(may_answer_in_draft(actor, lesson, evidence))
    held.worked(actor, lesson)
    evidence.next_answer = clean_reason(words, limit=CounterEvidence.REASON_MAX, missing=None)
    db.session.flush()
    return evidence


def end_with(actor: Actor, lesson: Lesson, version: LessonVersion) -> None:
    """End the disputes of which the version that was just published says what it did with them (system verb)."""
    answered = _open(lesson).where(CounterEvidence.next_answer != "")
    for evidence in db.session.scalars(answered.order_by(CounterEvidence.id)):
        _end(actor, lesson, evidence, evidence.next_answer, version.number)
    look(lesson)


def forget_answers(lesson: Lesson) -> None:
    """Forget what a draft that is thrown away said that it does with disputes (system verb)."""
    for evidence in db.session.scalars(_open(lesson).where(CounterEvidence.next_answer != "")):
        evidence.next_answer = ""


def look(lesson: Lesson) -> None:
    """Write down whether a dispute is open on a lesson, itself locked; since when stays."""
    db.session.flush()
    first = db.session.scalar(
        _open(lesson).with_only_columns(func.min(CounterEvidence.decided_at)).order_by(None)
    )
    lesson.disputed_at = first
    db.session.flush()


def erase(member_id: int) -> None:
    """Take out the words of what a member brought and replied: their account is erased. What waits goes altogether."""
    own = select(CounterEvidence).where(CounterEvidence.author_id == member_id)
    # Whoever decides on it holds its lesson, and may do so at this moment.
    lessons = own.with_only_columns(CounterEvidence.lesson_id)
    db.session.execute(select(Lesson.id).where(Lesson.id.in_(lessons)).order_by(Lesson.id).with_for_update())
    for evidence in db.session.scalars(own.execution_options(populate_existing=True)):
        if evidence.decided_at is None:
            db.session.delete(evidence)
        else:
            evidence.words, evidence.post_id, evidence.report_id = "", None, None
    for one in db.session.scalars(select(EvidenceReply).where(EvidenceReply.author_id == member_id)):
        one.words = ""
    db.session.flush()


def _claims(lesson: Lesson) -> list[Claim]:
    """The claims of the version that readers get."""
    query = select(Claim).where(Claim.version_id == lesson.current_id).order_by(Claim.position)
    return list(db.session.scalars(query))


def _to_turn_down(actor: Actor, public_id: str, evidence_id: int) -> tuple[Lesson, CounterEvidence]:
    """What the actor wants to decline, or of which they want to end the dispute; NotFound, Forbidden."""
    lesson, evidence = _held(actor, public_id, evidence_id)
    own_case = evidence.id in own_cases.of(actor, lesson, [evidence])
    require(may_turn_down(actor, lesson, evidence, own_case=own_case))
    return lesson, evidence


def _held(actor: Actor, public_id: str, evidence_id: int) -> tuple[Lesson, CounterEvidence]:
    """A lesson, locked, and evidence on it that the actor knows of, read anew."""
    lesson = published(actor, public_id, lock=True)
    evidence = db.session.get(CounterEvidence, evidence_id, populate_existing=True)
    if evidence is None or evidence.lesson_id != lesson.id or not knows_of(actor, lesson, evidence):
        raise NotFound
    return lesson, evidence


def _waiting_of(actor: Actor, lesson: Lesson, root: int) -> CounterEvidence | None:
    own = select(CounterEvidence).where(
        CounterEvidence.lesson_id == lesson.id,
        CounterEvidence.author_id == actor.id,
        CounterEvidence.claim_root == root,
        CounterEvidence.decided_at.is_(None),
    )
    return db.session.scalars(own.limit(1)).one_or_none()


def _open(lesson: Lesson) -> Any:
    return select(CounterEvidence).where(
        CounterEvidence.lesson_id == lesson.id, CounterEvidence.accepted, CounterEvidence.ended_at.is_(None)
    )


def _end(
    actor: Actor, lesson: Lesson, evidence: CounterEvidence, because: str, number: str | None = None
) -> None:
    step = state_machine.begin(StepKind.SETTLE, Move(actor, lesson, evidence=evidence))
    evidence.ended_at, evidence.ended_because, evidence.ended_in = clock.now(), because, number
    evidence.next_answer = ""
    step.finish(reason=because)
    events.record("evidence.settled", **_about(evidence, actor))


def _about(evidence: CounterEvidence, actor: Actor) -> dict[str, int]:
    return {"lesson_id": evidence.lesson_id, "evidence_id": evidence.id, "actor_id": actor.id}
