"""Putting a review away: one of the group that is asked does not do it, and it waits for the others as before.

It says nothing to anybody, and takes nothing away: whoever put it away may still check the lesson.
"""

from sqlalchemy import ColumnElement, exists, select

from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lessons.review_candidates import Asking
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import upsert
from forum.models.lessons import Lesson, LessonState, LessonVersion, ReviewRequest, ReviewSetAside
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Forbidden
from forum.policy.visibility import Reader, get_visible


def put_away(actor: Actor, lesson_id: int) -> None:
    """Let the group's question about a version in review wait for the actor no longer, until it is asked anew.

    Twice is once. NotFound, Forbidden for who may not check it and where no group is asked, Conflict when it is not in
    review any more, or would wait for nobody.
    """
    lesson: Lesson = get_visible(Lesson, actor, lesson_id, lock=True)
    if lesson.state != LessonState.IN_REVIEW or lesson.working_id is None:
        raise Conflict(_("Somebody else was first: this lesson is no longer waiting for a review."))
    version = db.session.get_one(LessonVersion, lesson.working_id)
    require(lesson_reviews.answer_for(actor, lesson, version))
    asked = select(ReviewRequest).where(
        ReviewRequest.version_id == version.id,
        ReviewRequest.asked_id.is_(None),
        ReviewRequest.ended_at.is_(None),
    )
    request = db.session.scalars(asked.order_by(ReviewRequest.id.desc()).limit(1)).one_or_none()
    if request is None:
        raise Forbidden(_("No group is asked to check this lesson."))
    if is_by(actor, request):
        return
    if not has_others(actor, lesson, version, request):
        raise Conflict(_("Nobody else who is asked can check this lesson now."))
    row = {"request_id": request.id, "member_id": actor.id, "at": clock.now()}
    upsert(ReviewSetAside, [row], keys=("request_id", "member_id"))


def has_others(actor: Actor, lesson: Lesson, version: LessonVersion, request: ReviewRequest) -> bool:
    """Return whether it still waits for somebody else who can check it, once the actor puts a group's request away."""
    asking = Asking(actor, lesson, version)
    named = asking.reviewing.cases[version.id].deciding - {actor.id}
    return bool(named | (set(asking.free(lesson.audience)) - _away(request)))


def is_any(request: ReviewRequest) -> bool:
    """Return whether anybody put this request away since it was asked last (one query)."""
    return bool(_away(request))


def by(reader: Reader) -> ColumnElement[bool]:
    """Return whether a member put a request away since it was asked last, for queries on it."""
    return exists().where(
        ReviewSetAside.request_id == ReviewRequest.id,
        ReviewSetAside.member_id == reader.id,
        ReviewSetAside.at >= ReviewRequest.asked_at,
    )


def is_by(actor: Actor, request: ReviewRequest) -> bool:
    """Return whether the actor put this request away since it was asked last (one query)."""
    query = select(ReviewRequest.id).where(ReviewRequest.id == request.id, by(actor))
    return db.session.scalar(query) is not None


def _away(request: ReviewRequest) -> set[int]:
    """Who put this request away since it was asked last."""
    query = select(ReviewSetAside.member_id).where(
        ReviewSetAside.request_id == request.id, ReviewSetAside.at >= request.asked_at
    )
    return set(db.session.scalars(query))
