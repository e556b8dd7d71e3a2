"""What came back to those who make a lesson: it was returned, or whoever was asked declined, cannot or is silent."""

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from forum.domain.lessons import review_states
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.lessons import (
    Lesson,
    LessonReview,
    LessonState,
    LessonVersion,
    ReviewRequest,
    Verdict,
)
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.visibility import sees

MOST = 50


class CameBackAs(enum.StrEnum):
    """How something came back."""

    RETURNED = "returned"
    DECLINED = "declined"
    SILENT = "silent"
    UNABLE = "unable"  # they may not check it any more


@dataclass(frozen=True, slots=True)
class CameBack:
    """A lesson that its makers have to go on with; `name` is whose answer came, or did not, empty for a group."""

    lesson_id: int
    title: str
    how: CameBackAs
    name: str
    at: datetime


def waiting(actor: Actor) -> list[CameBack]:
    """Return what came back to the actor as curator, or as who asked, the longest waiting first (few queries).

    Of a version in review nothing waits as long as anybody else is asked and has time.
    """
    own_spaces = moderated(actor)
    if not own_spaces:
        return []
    found = [*_returned(actor, own_spaces), *_unanswered(actor, own_spaces)]
    return sorted(found, key=lambda one: (one.at, one.lesson_id))


def _returned(actor: Actor, own_spaces: list[int]) -> list[CameBack]:
    """Drafts whose last verdict was a return."""
    latest = (
        select(func.max(LessonReview.id))
        .join(LessonVersion, LessonVersion.id == LessonReview.version_id)
        .where(LessonVersion.lesson_id == Lesson.id)
        .correlate(Lesson)
        .scalar_subquery()
    )
    query = (
        select(Lesson.id, LessonVersion.title, Member.name, LessonReview.created_at)
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .join(LessonReview, LessonReview.id == latest)
        .join(Member, Member.id == LessonReview.reviewer_id)
        .where(
            sees(Lesson, actor),
            Lesson.curator_id == actor.id,
            Lesson.space_id.in_(own_spaces),
            Lesson.state == LessonState.DRAFT,
            LessonReview.verdict == Verdict.RETURNED,
        )
        .order_by(LessonReview.id)
        .limit(MOST)
    )
    return [
        CameBack(row[0], row[1], CameBackAs.RETURNED, row[2], row[3]) for row in db.session.execute(query)
    ]


def _unanswered(actor: Actor, own_spaces: list[int]) -> list[CameBack]:
    """Versions in review of which every question was declined, is over its term or of who cannot: the last says how."""
    query = (
        select(Lesson, LessonVersion, ReviewRequest, Member.name)
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .join(ReviewRequest, ReviewRequest.version_id == LessonVersion.id)
        .outerjoin(Member, Member.id == ReviewRequest.asked_id)
        .where(
            sees(Lesson, actor),
            Lesson.space_id.in_(own_spaces),
            or_(Lesson.curator_id == actor.id, LessonVersion.created_by_id == actor.id),
            Lesson.state == LessonState.IN_REVIEW,
        )
        .order_by(ReviewRequest.asked_at, ReviewRequest.id)
    )
    rows = db.session.execute(query).all()
    asked = {row.ReviewRequest.asked_id for row in rows} - {None}
    able = review_states.able({(row.Lesson, row.LessonVersion) for row in rows}, asked)
    found: dict[int, CameBack | None] = {}
    for lesson, version, request, name in rows:
        how = _how(request, is_able=request.asked_id is None or (version.id, request.asked_id) in able)
        if how is None:
            found[lesson.id] = None  # somebody has time still
        elif found.get(lesson.id, True):
            at = request.declined_at or request.overdue_told_at or request.asked_at
            found[lesson.id] = CameBack(lesson.id, version.title, how, name or "", at)
    return [one for one in found.values() if one is not None][:MOST]


def _how(request: ReviewRequest, *, is_able: bool) -> CameBackAs | None:
    """How a question came back; None while who is asked can answer it and has time."""
    if request.declined_at is not None:
        return CameBackAs.DECLINED
    if not is_able:
        return CameBackAs.UNABLE
    return CameBackAs.SILENT if request.due_on < days.today() else None
