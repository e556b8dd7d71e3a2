"""A question to check a version that is over: whoever was asked is told so, and nothing of the lesson."""

from sqlalchemy import or_, select

from forum.domain.lessons.review_candidates import Asking
from forum.infra.db import db
from forum.models.lessons import Lesson, LessonVersion, ReviewRequest
from forum.policy.actors import Actor, actor_of


def was_asked(actor: Actor, lesson_id: int) -> bool:
    """Return whether the actor was asked to check a version, by name or as one of the group, and did not decline.

    For who may not read it any more: of all others, and of what still waits, it says no.
    """
    query = (
        select(ReviewRequest, LessonVersion, Lesson)
        .join(LessonVersion, LessonVersion.id == ReviewRequest.version_id)
        .join(Lesson, Lesson.id == LessonVersion.lesson_id)
        .where(
            Lesson.id == lesson_id,
            or_(ReviewRequest.asked_id.is_(None), ReviewRequest.asked_id == actor.id),
            ReviewRequest.ended_at.is_not(None),
            ReviewRequest.declined_at.is_(None),
        )
        .order_by(ReviewRequest.asked_id.is_(None), ReviewRequest.id.desc())
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    if row is None or row[0].asked_id is not None:
        return row is not None
    asker = actor_of(row[0].asked_by_id)
    return asker is not None and actor.id in Asking(asker, row[2], row[1]).free(row[2].audience)
