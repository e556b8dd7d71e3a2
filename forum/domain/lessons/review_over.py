"""A question to check a version that is over: whoever was asked is told so, and nothing of the lesson."""

from datetime import datetime

from sqlalchemy import exists, func, or_, select

from forum.domain.lessons.review_candidates import Asking
from forum.infra.db import db
from forum.models.accounts import NetworkAppointment
from forum.models.lessons import Lesson, LessonVersion, ReviewRequest
from forum.models.spaces import Membership, Role
from forum.policy.actors import Actor, actor_of
from forum.policy.standing import belonging


def was_asked(actor: Actor, lesson_id: int) -> bool:
    """Return whether the actor was asked to check the last version that was sent, and did not decline.

    By name or as one of the group, of which they were one then. For who may not read it any more: of all others, and of
    what still waits, it says no.
    """
    last = (
        select(func.max(ReviewRequest.version_id))
        .join(LessonVersion, LessonVersion.id == ReviewRequest.version_id)
        .where(LessonVersion.lesson_id == lesson_id)
        .scalar_subquery()
    )
    query = select(ReviewRequest).where(
        ReviewRequest.version_id == last,
        or_(ReviewRequest.asked_id.is_(None), ReviewRequest.asked_id == actor.id),
    )
    requests = list(db.session.scalars(query))
    if any(one.ended_at is None or one.declined_at is not None for one in requests):
        return False
    return any(one.asked_id is not None or _is_of_group(actor, one) for one in requests)


def _is_of_group(actor: Actor, request: ReviewRequest) -> bool:
    asker = actor_of(request.asked_by_id)
    if asker is None or not _served(actor, request.asked_at):
        return False
    version = db.session.get_one(LessonVersion, request.version_id)
    lesson = db.session.get_one(Lesson, version.lesson_id)
    return actor.id in Asking(asker, lesson, version).free(lesson.audience)


def _served(actor: Actor, moment: datetime) -> bool:
    """Whether the actor has moderated a space, or served the network, since before that moment."""
    moderated = exists().where(
        Membership.member_id == actor.id,
        Membership.role == Role.MODERATOR,
        Membership.since_at <= moment,
        belonging(Membership),
    )
    appointed = exists().where(
        NetworkAppointment.member_id == actor.id,
        NetworkAppointment.since_at <= moment,
        NetworkAppointment.ended_at.is_(None),
    )
    return bool(db.session.scalar(select(or_(moderated, appointed))))
