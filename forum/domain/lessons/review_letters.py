"""Who gets the letters about a review, and what stands in them, looked up anew when one is sent.

Whoever checks a version reads in a letter what its page says. The note stands in it only for who may know who makes
the lesson: a letter about a masked source is easily passed on.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import not_, select
from sqlalchemy.orm import joinedload

from forum.domain.lessons import origin, origin_queries, review_set_aside
from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lessons.review_candidates import Asking
from forum.domain.lessons.review_requests import OPEN, open_about
from forum.domain.mailing.mail_policy import Told
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.lessons import (
    Lesson,
    LessonReview,
    LessonState,
    LessonVersion,
    ReviewBasis,
    ReviewRequest,
    Verdict,
)
from forum.policy.actions import may_moderate
from forum.policy.actors import actor_of
from forum.policy.visibility import sees


@dataclass(frozen=True, slots=True)
class AskedLetter:
    """What a letter to somebody who is asked says; the words of `told` are the note of who asks."""

    lesson_id: int
    told: Told
    asked_by: str
    due_on: date
    by_name: bool


@dataclass(frozen=True, slots=True)
class MakerLetter:
    """What a letter to a maker says: `name` is empty for the group."""

    lesson_id: int
    told: Told
    name: str
    due_on: date


def asked(request_id: int) -> list[int]:
    """Return who is asked: one member, or of the group, bounded, those who can check the version now."""
    row = _of(request_id)
    if row is None:
        return []
    request, version, lesson = row
    if request.asked_id is not None:
        return [request.asked_id]
    asker = actor_of(request.asked_by_id)
    return Asking(asker, lesson, version).free(lesson.audience) if asker is not None else []


def lesson_id(request_id: int) -> int | None:
    """Return the id of the lesson that somebody is asked to check, while it is in review."""
    row = _of(request_id)
    return row[2].id if row is not None else None


def makers(request_id: int) -> list[int]:
    """Return who makes the lesson and who asked, in the order of their ids."""
    row = _of(request_id)
    return sorted({row[0].asked_by_id, row[2].curator_id}) if row is not None else []


def makers_once(request_id: int) -> list[int]:
    """Return the same for one of the open requests about a version, and nobody for the others."""
    row = _of(request_id)
    if row is None or open_about(row[1].id)[:1] != [row[0]]:
        return []
    return makers(request_id)


def question(member: Member, request_id: int) -> AskedLetter | None:
    """Return what to ask somebody, or to remind them of; None once it is over, put away or not theirs."""
    actor = actor_of(member.id)
    row = db.session.execute(
        select(ReviewRequest, LessonVersion, Lesson, origin.knows_makers(member), Member.name)
        .join(LessonVersion, LessonVersion.id == ReviewRequest.version_id)
        .join(Lesson, Lesson.working_id == LessonVersion.id)
        .join(Member, Member.id == ReviewRequest.asked_by_id)
        .where(
            ReviewRequest.id == request_id,
            ReviewRequest.asked_id.is_(None) | (ReviewRequest.asked_id == member.id),
            *OPEN,
            not_(review_set_aside.by(member)),
            sees(Lesson, member),
            Lesson.state == LessonState.IN_REVIEW,
        )
    ).one_or_none()
    if actor is None or row is None:
        return None
    request, version, lesson, known, name = row
    if not lesson_reviews.answer_for(actor, lesson, version):
        return None
    asked_by = origin.maker_words(name, known=known)
    by_name, note = request.asked_id is not None, request.note if known else ""
    told = origin_queries.told(lesson, title=version.title, plain=note)
    return AskedLetter(lesson.id, told, told.named(asked_by), request.due_on, by_name)


def declined(member: Member, request_id: int) -> MakerLetter | None:
    """Return what to tell a maker of somebody who declined, as long as the version is in review."""
    row = _of(request_id)
    return _to_maker(member, row) if row is not None and row[0].declined_at is not None else None


def lapsed(member: Member, request_id: int) -> MakerLetter | None:
    """Return what to tell a maker of a term that is over in silence, as long as the version is in review."""
    row = _of(request_id)
    return _to_maker(member, row) if row is not None and row[0].declined_at is None else None


def shortened(member: Member, request_id: int) -> MakerLetter | None:
    """Return what to tell a maker of words that their version lost, as long as it is in review."""
    row = _of(request_id)
    return _to_maker(member, row) if row is not None else None


def decided(member: Member, lesson: Lesson, version: LessonVersion, verdict: Verdict) -> tuple[str, Told]:
    """Return who decided so about a version, as far as the member and a mail may know it, and the note with it."""
    query = select(LessonReview).where(LessonReview.version_id == version.id, LessonReview.verdict == verdict)
    latest = query.order_by(LessonReview.id.desc()).options(joinedload(LessonReview.reviewer))
    review = db.session.scalars(latest).first()
    note = "" if review is None else review.note
    told = origin_queries.told(lesson, title=version.title, plain=note)
    if review is None:
        return _("somebody"), told
    actor, name = actor_of(member.id), review.reviewer.name
    if actor is None or not may_moderate(actor, lesson.space_id):
        # They made it, and left the space: readers elsewhere do not know who checks a masked lesson either.
        name = origin.will_stand_as(name, version, as_editor=review.basis == ReviewBasis.EDITOR)
    return told.named(name), told


def _to_maker(member: Member, row: tuple[ReviewRequest, LessonVersion, Lesson]) -> MakerLetter | None:
    request, version, lesson = row
    actor = actor_of(member.id)
    if actor is None or not may_moderate(actor, lesson.space_id) or request.ended_at is not None:
        return None
    name = db.session.scalar(select(Member.name).where(Member.id == request.asked_id)) or ""
    told = origin_queries.told(lesson, title=version.title)
    return MakerLetter(lesson.id, told, told.named(name), request.due_on)


def _of(request_id: int) -> tuple[ReviewRequest, LessonVersion, Lesson] | None:
    """The request with its version and lesson, while the version is in review."""
    query = (
        select(ReviewRequest, LessonVersion, Lesson)
        .join(LessonVersion, LessonVersion.id == ReviewRequest.version_id)
        .join(Lesson, Lesson.working_id == LessonVersion.id)
        .where(ReviewRequest.id == request_id, Lesson.state == LessonState.IN_REVIEW)
        .execution_options(populate_existing=True)
    )
    row = db.session.execute(query).one_or_none()
    return (row[0], row[1], row[2]) if row is not None else None
