"""Who may make a lesson from now on: one rule for who takes it over, is named a deputy or begins a new version."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Label, and_, exists, not_, select
from sqlalchemy.orm import aliased

from forum.domain.lessons.review_requests import OPEN
from forum.infra.db import db
from forum.models.lessons import Lesson, LessonReview, LessonVersion, ReviewRequest, Verdict
from forum.policy.actions import Answer
from forum.policy.actors import Actor
from forum.policy.taking_over import TakerFacts, may_take_lesson
from forum.policy.visibility import visible

_VERSION = aliased(LessonVersion)


def answer(actor: Actor | None, lesson: Lesson) -> Answer:
    """Return whether the actor may make a lesson that they see (one query)."""
    first = may_take_lesson(actor, lesson, TakerFacts())
    if actor is None or not first:
        return first
    row = db.session.execute(select(*facts(actor.id)).where(Lesson.id == lesson.id)).one_or_none()
    return by_facts(actor, lesson, row) if row is not None else first


def answers(actor: Actor, lesson_ids: Collection[int]) -> dict[int, Answer]:
    """Return the same of each of these lessons that the actor may see (one query)."""
    seen = visible(Lesson, actor).where(Lesson.id.in_(lesson_ids)).add_columns(*facts(actor.id))
    return {row.Lesson.id: by_facts(actor, row.Lesson, row) for row in db.session.execute(seen)}


def facts(member_id: int) -> tuple[Label[bool], ...]:
    """Return what a member is to a lesson, as columns for a query of lessons whose rows `by_facts` reads."""
    return _asked(member_id).label("asked"), approved(member_id).label("approved")


def by_facts(actor: Actor, lesson: Any, row: Any) -> Answer:
    """Return whether the actor may make a lesson, or a row with its space, of which `facts` were read."""
    return may_take_lesson(actor, lesson, TakerFacts(row.asked, row.approved))


def could(member_id: Any) -> ColumnElement[bool]:
    """Return whether somebody neither approved a version of a lesson nor is asked to check it, for its queries."""
    return and_(not_(approved(member_id)), not_(_asked(member_id)))


def approved(member_id: Any) -> ColumnElement[bool]:
    """Return whether a member approved a version of a lesson, for its queries: their id, or an expression."""
    of_theirs = (
        select(LessonReview.id)
        .join(_VERSION, _VERSION.id == LessonReview.version_id)
        .where(
            _VERSION.lesson_id == Lesson.id,
            LessonReview.reviewer_id == member_id,
            LessonReview.verdict == Verdict.APPROVED,
        )
    )
    return exists(of_theirs.correlate_except(LessonReview, _VERSION))


def _asked(member_id: Any) -> ColumnElement[bool]:
    asked = select(ReviewRequest.id).where(
        ReviewRequest.version_id == Lesson.working_id, ReviewRequest.asked_id == member_id, *OPEN
    )
    return exists(asked.correlate_except(ReviewRequest))
