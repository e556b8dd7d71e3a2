"""A yes that its author takes back before the lesson is out: from then on it is as if the round had closed without it.

What is written is what a refusal leaves at a closing, with the same moments. Whoever saw the outcome before can tell
that a yes was taken back, as the line changes; no reason stands anywhere.
"""

from sqlalchemy import ColumnElement, select, update

from forum.domain.consents import closing, store
from forum.domain.lessons import consent_checks, review_losses, rights
from forum.domain.threads import excerpts
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.claims import Claim, Excerpt
from forum.models.consents import Consent, ConsentRequest, ConsentRound, Masking
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.models.threads import PostRevision
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.visibility import get_visible


def withdraw(actor: Actor, request_id: int) -> None:
    """Take back what the author agreed to for a lesson that is not out yet; twice is once.

    The excerpt leaves every version that nobody published, also one in review, whose reviewers hear of it. NotFound for
    whoever is not the author, Conflict while the round is open, where the same is asked anew, or once it is published.
    """
    seen: ConsentRequest = get_visible(ConsentRequest, actor, request_id)
    found = store.locked(seen.round_id)
    request = next((one for one in found.requests if one.id == request_id), None)
    if request is None or found.round.closed_at is None or found.round.withdrawn:
        raise Conflict(_("There is no permission of yours here to take back."))
    if request.answer is None:
        return
    if not store.is_yes(request):
        raise Conflict(_("There is no permission of yours here to take back."))
    if is_published(request):
        raise Conflict(_("This lesson is out. Take your text out of it on “Where you are quoted”."))
    if is_asked_anew(found.lesson.round_id, request):
        raise Conflict(_("You are asked about this text anew: answer there first."))
    rounds = _refuse(found.lesson, request)
    went = _take_out(found.lesson, request)
    for round_ in rounds:
        if went:
            # One more place is gone, on which a claim may lean.
            round_.looked_at = None
        elif found.lesson.state == LessonState.IN_REVIEW:
            # It was sent without these words, and nothing was left to look at.
            round_.looked_at = round_.looked_at or round_.closed_at
    if went:
        rights.name_cities(found.lesson)
        review_losses.tell_withdrawn(found.lesson)


def is_published(request: ConsentRequest) -> bool:
    """Return whether readers have, or had, these words of the post under that claim in a version of the lesson."""
    query = select(ConsentRequest.id).join(ConsentRound, ConsentRound.id == ConsentRequest.round_id)
    query = query.where(ConsentRequest.id == request.id, are_out())
    return db.session.scalar(query) is not None


def are_out() -> ColumnElement[bool]:
    """Whether that holds for a ConsentRequest and the lesson of its ConsentRound, in a query on both."""
    return (
        select(Excerpt.id)
        .join(Claim, Claim.id == Excerpt.claim_id)
        .join(LessonVersion, LessonVersion.id == Claim.version_id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .where(
            LessonVersion.lesson_id == ConsentRound.lesson_id,
            LessonVersion.number.is_not(None),
            PostRevision.post_id == ConsentRequest.post_id,
            Excerpt.sha256 == ConsentRequest.sha256,
            Claim.text == ConsentRequest.claim_text,
        )
        .correlate(ConsentRequest, ConsentRound)
        .exists()
    )


def is_asked_anew(round_id: int | None, request: ConsentRequest) -> bool:
    """Return whether the round that is open asks about the same words, under whatever claim."""
    if round_id is None:
        return False
    return any(
        (one.post_id, one.sha256) == (request.post_id, request.sha256) for one in store.requests_of(round_id)
    )


def _refuse(lesson: Lesson, request: ConsentRequest) -> list[ConsentRound]:
    """Let every yes to this in the lesson, for whatever readers, be what it would be without an answer.

    Return the rounds in which it was said.
    """
    said_in = []
    same = (
        select(ConsentRound, ConsentRequest)
        .join(ConsentRequest, ConsentRequest.round_id == ConsentRound.id)
        .where(
            ConsentRound.lesson_id == lesson.id,
            ConsentRound.closed_at.is_not(None),
            ConsentRequest.post_id == request.post_id,
            ConsentRequest.sha256 == request.sha256,
            ConsentRequest.claim_text == request.claim_text,
        )
    )
    for round_, one in db.session.execute(same.order_by(ConsentRound.id)).all():
        if store.is_yes(one) and round_.closed_at is not None:
            closing.write(round_, one, None, at=round_.closed_at)
            one.answer = one.answered_at = one.taken_at = None
            one.own_words = ""
            said_in.append(round_)
    db.session.execute(
        update(Consent)
        .where(
            Consent.lesson_id == lesson.id,
            Consent.post_id == request.post_id,
            Consent.sha256 == request.sha256,
            Consent.claim_text.is_(None),  # for whatever claim
        )
        .values(
            agreed=False,
            words=request.said,
            adapted=False,
            masking=Masking.MASKED,
            city_shown=False,
            shown_as="",
        )
    )
    db.session.flush()
    db.session.expire_all()
    return said_in


def _take_out(lesson: Lesson, request: ConsentRequest) -> bool:
    """Take the words out of the versions that nobody published, where no other yes keeps them; return whether any."""
    unpublished = select(LessonVersion.id).where(
        LessonVersion.lesson_id == lesson.id, LessonVersion.number.is_(None)
    )
    kept = consent_checks.given(lesson.id, lesson.audience)
    about = closing.about(request)
    went = False
    for version_id in list(db.session.scalars(unpublished)) if about not in kept else ():
        stood = any(consent_checks.key(quoted) == about for quoted in excerpts.under(version_id))
        closing.take_out(version_id, {about})
        went = went or (stood and version_id == lesson.working_id)
    return went
