"""A lesson that is being made goes to another moderator of its space, with what is asked of its reviewers."""

from sqlalchemy import update

from forum.domain.lessons import earlier_curators, held, state_machine
from forum.domain.lessons.lessons import locked
from forum.domain.lessons.review_requests import OPEN
from forum.domain.lessons.state_machine import Move
from forum.domain.mailing import events
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.lesson_steps import StepKind
from forum.models.lessons import Lesson, LessonState, ReviewRequest
from forum.policy.actors import Actor
from forum.policy.errors import Conflict

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
    step = state_machine.begin(StepKind.TAKE_OVER, Move(actor, lesson))
    earlier_curators.pass_on(lesson, actor.id)
    if lesson.deputy_id not in (None, actor.id):
        events.record("lesson.taken_up", lesson_id=lesson.id, holder_id=lesson.deputy_id, actor_id=actor.id)
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
