"""A lesson that is being made goes to another moderator of its space, with what is asked of its reviewers."""

from collections.abc import Collection

from sqlalchemy import select, update

from forum.domain.lessons import earlier_curators, held, state_machine
from forum.domain.lessons.lessons import locked
from forum.domain.lessons.review_requests import OPEN
from forum.domain.lessons.state_machine import Move
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.lesson_steps import StepKind
from forum.models.lessons import Lesson, LessonReview, LessonState, LessonVersion, ReviewRequest, Verdict
from forum.policy.actions import Answer
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.taking_over import TakerFacts, may_take_lesson
from forum.policy.visibility import visible

# Its curator has it in hand: written, or in review.
IN_HAND = (Lesson.working_id.is_not(None), Lesson.state != LessonState.PUBLISHED)


def take_over(actor: Actor, lesson_id: int, *, giver_id: int) -> Lesson:
    """Make the lesson from now on; what the giver asked of its reviewers is asked by the actor then.

    Sealed versions keep who made, sent and checked them. NotFound, Forbidden, Conflict when the giver does not make it
    any more.
    """
    lesson = locked(actor, lesson_id)
    if lesson.curator_id != giver_id or lesson.working_id is None or lesson.state == LessonState.PUBLISHED:
        raise Conflict(_("This was settled or passed on meanwhile: there is nothing left to take over."))
    may = answers(actor, [lesson.id])[lesson.id]
    step = state_machine.begin(StepKind.TAKE_OVER, Move(actor, lesson, may=may))
    earlier_curators.pass_on(lesson, actor.id)
    # A deputy was named by who gives it away.
    lesson.deputy_id = None
    held.hold(lesson)
    db.session.execute(
        update(ReviewRequest)
        .where(
            ReviewRequest.version_id == lesson.working_id,
            ReviewRequest.asked_by_id == giver_id,
            *OPEN,
        )
        .values(asked_by_id=actor.id)
        .execution_options(synchronize_session="fetch")
    )
    step.finish()
    return lesson


def answers(actor: Actor, lesson_ids: Collection[int]) -> dict[int, Answer]:
    """Return for each of these lessons that the actor may see whether they may make it (three queries)."""
    lessons = db.session.scalars(visible(Lesson, actor).where(Lesson.id.in_(lesson_ids))).all()
    asked = set(
        db.session.scalars(
            select(ReviewRequest.version_id).where(
                ReviewRequest.version_id.in_([one.working_id for one in lessons]),
                ReviewRequest.asked_id == actor.id,
                *OPEN,
            )
        )
    )
    approved = set(
        db.session.scalars(
            select(LessonVersion.lesson_id)
            .join(LessonReview, LessonReview.version_id == LessonVersion.id)
            .where(
                LessonVersion.lesson_id.in_(lesson_ids),
                LessonReview.reviewer_id == actor.id,
                LessonReview.verdict == Verdict.APPROVED,
            )
        )
    )
    return {
        one.id: may_take_lesson(actor, one, TakerFacts(one.working_id in asked, one.id in approved))
        for one in lessons
    }
