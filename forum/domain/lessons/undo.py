"""Undo for curators: ask a version back from review, or discard a draft."""

from sqlalchemy import delete, select

from forum.domain.lessons import (
    disputes,
    earlier_curators,
    review_comments,
    review_requests,
    state_machine,
    tags,
    versions,
)
from forum.domain.lessons.lessons import locked, open_draft
from forum.domain.lessons.state_machine import Move
from forum.domain.threads import nominations
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.lesson_steps import Stage, StepKind
from forum.models.lessons import Lesson, LessonSource, LessonState, LessonVersion
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict


def ask_back(actor: Actor, lesson_id: int) -> LessonVersion:
    """Take a version back from review before anybody decided; the work goes on in a copy, as after a return.

    NotFound, Forbidden, Conflict when it is not in review any more.
    """
    lesson = locked(actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))
    if lesson.state != LessonState.IN_REVIEW or lesson.working_id is None:
        raise Conflict(_("Somebody else was first: this lesson is no longer waiting for a review."))
    step = state_machine.begin(StepKind.ASK_BACK, Move(actor, lesson))
    submitted = step.move.version
    review_requests.end(submitted.id)
    step.finish()
    return versions.copy(lesson, submitted, actor.id)


def discard(actor: Actor, lesson_id: int) -> Lesson | None:
    """Delete the draft; versions that were submitted stay. Return the lesson, or None when nothing of it is left.

    NotFound, Forbidden.
    """
    lesson, version = open_draft(actor, lesson_id)
    step = state_machine.begin(StepKind.DISCARD, Move(actor, lesson))
    lesson.working_id = None
    # Nothing is left of what they began: whose lesson it was before has it again.
    earlier_curators.give_back(lesson, since=version.created_at)
    disputes.forget_answers(lesson)
    review_comments.forget(lesson)
    step.finish(after=Stage.PUBLISHED if lesson.current_id is not None else Stage.NONE)
    tags.choose(version.id, [])  # what has a tag goes only while nobody merges it
    db.session.execute(delete(LessonVersion).where(LessonVersion.id == version.id))
    db.session.expunge(version)
    other_version = db.session.scalar(
        select(LessonVersion.id).where(LessonVersion.lesson_id == lesson.id).limit(1)
    )
    if other_version is not None:
        return lesson
    thread_ids = db.session.scalars(
        select(LessonSource.thread_id).where(LessonSource.lesson_id == lesson.id)
    ).all()
    db.session.execute(delete(Lesson).where(Lesson.id == lesson.id))
    db.session.expunge(lesson)
    nominations.reopen(thread_ids)
    return None
