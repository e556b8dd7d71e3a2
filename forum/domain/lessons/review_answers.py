"""What came back to those who make a lesson: it was returned, or whoever was asked declined, cannot or is silent."""

import enum
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

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
from forum.models.spaces import Role
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.readers import EACH_MEMBER
from forum.policy.standing import spaces_of
from forum.policy.visibility import sees

MOST = 50
_ASKED = aliased(Member)  # created once because aliased() is slow


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
    found = [*_returned(actor, own_spaces), *unanswered([actor.id]).get(actor.id, ())]
    return sorted(found, key=lambda one: (one.at, one.lesson_id))[:MOST]


def in_moderated() -> ColumnElement[bool]:
    """Say of a Lesson and a Member that it is of a space that they moderate."""
    return Lesson.space_id.in_(spaces_of(Member.id, Role.MODERATOR))


def returned_to(maker_id: Any) -> ColumnElement[bool]:
    """Say of a Lesson and a LessonReview that it is a draft of this curator, and that its last verdict, a return."""
    latest = (
        select(func.max(LessonReview.id))
        .join(LessonVersion, LessonVersion.id == LessonReview.version_id)
        .where(LessonVersion.lesson_id == Lesson.id)
        .correlate(Lesson)
        .scalar_subquery()
    )
    return and_(
        Lesson.curator_id == maker_id,
        Lesson.state == LessonState.DRAFT,
        LessonReview.id == latest,
        LessonReview.verdict == Verdict.RETURNED,
    )


def waits_in_review(maker_id: Any, day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Say of a Lesson and its LessonVersion that it is in review, made by this member, and that no group has time.

    What is left to ask (`unanswered`) is whether anybody has whom they asked by name.
    """
    group = exists().where(
        ReviewRequest.version_id == LessonVersion.id,
        ReviewRequest.asked_id.is_(None),
        ReviewRequest.declined_at.is_(None),
        ReviewRequest.due_on >= day,
    )
    mine = or_(Lesson.curator_id == maker_id, LessonVersion.created_by_id == maker_id)
    return and_(Lesson.state == LessonState.IN_REVIEW, mine, ~group.correlate(LessonVersion))


def unanswered(maker_ids: Collection[int]) -> dict[int, list[CameBack]]:
    """Return by maker the versions in review of which every question was declined, is over its term or of who cannot.

    Of several questions the last says how, and it waits since the last of them ended. A fixed number of queries.
    """
    query = (
        select(Member.id.label("maker_id"), Lesson, LessonVersion, ReviewRequest, _ASKED.name)
        .select_from(Member)
        .join(Lesson, in_moderated())
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .join(ReviewRequest, ReviewRequest.version_id == LessonVersion.id)
        .outerjoin(_ASKED, _ASKED.id == ReviewRequest.asked_id)
        .where(Member.id.in_(maker_ids), sees(Lesson, EACH_MEMBER), waits_in_review(Member.id, days.today()))
        .order_by(ReviewRequest.asked_at, ReviewRequest.id)
    )
    rows = db.session.execute(query).all()
    asked = {row.ReviewRequest.asked_id for row in rows} - {None}
    able = review_states.able({(row.Lesson, row.LessonVersion) for row in rows}, asked) if rows else set()
    found: dict[tuple[int, int], CameBack | None] = {}
    for maker_id, lesson, version, request, name in rows:
        key, is_able = (
            (maker_id, lesson.id),
            request.asked_id is None or (version.id, request.asked_id) in able,
        )
        how = _how(request, is_able=is_able)
        before = found.get(key)
        if how is None:
            found[key] = None  # somebody has time still
        elif before is not None or key not in found:
            at = _ended_at(request, how)
            since = max(at, before.at) if before is not None else at
            found[key] = CameBack(lesson.id, version.title, how, name or "", since)
    by_maker: dict[int, list[CameBack]] = defaultdict(list)
    for (maker_id, _lesson_id), one in found.items():
        if one is not None:
            by_maker[maker_id].append(one)
    return by_maker


def _returned(actor: Actor, own_spaces: list[int]) -> list[CameBack]:
    """Drafts whose last verdict was a return."""
    query = (
        select(Lesson.id, LessonVersion.title, Member.name, LessonReview.created_at)
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .join(LessonReview, returned_to(actor.id))
        .join(Member, Member.id == LessonReview.reviewer_id)
        .where(sees(Lesson, actor), Lesson.space_id.in_(own_spaces))
        .order_by(LessonReview.id)
        .limit(MOST)
    )
    return [
        CameBack(row[0], row[1], CameBackAs.RETURNED, row[2], row[3]) for row in db.session.execute(query)
    ]


def _how(request: ReviewRequest, *, is_able: bool) -> CameBackAs | None:
    """How a question came back; None while who is asked can answer it and has time."""
    if request.declined_at is not None:
        return CameBackAs.DECLINED
    if not is_able:
        return CameBackAs.UNABLE
    return CameBackAs.SILENT if request.due_on < days.today() else None


def _ended_at(request: ReviewRequest, how: CameBackAs) -> datetime:
    """Since when nobody answers a question; since when somebody may not is not kept: since they were asked."""
    if how == CameBackAs.SILENT:
        return datetime.combine(request.due_on + timedelta(days=1), time(0), tzinfo=days.zone_of(None))
    return request.declined_at or request.asked_at
