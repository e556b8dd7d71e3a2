"""What somebody is asked by name to check goes to somebody else who can check it, with its note and its asker."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import or_, select

from forum.domain.lessons.review_requests import OPEN, REMINDER, TERM, passed_on_by
from forum.domain.lessons.reviews import Reviewing
from forum.domain.mailing import events, notices
from forum.domain.mailing.notices import Subject
from forum.infra import days, workdays
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.lessons import Lesson, LessonState, LessonVersion, ReviewRequest
from forum.policy.actions import Answer, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.reviewing import may_review
from forum.policy.taking_over import may_take_review
from forum.policy.visibility import get_visible, sees

# Working days that are left to whoever takes it over, as long as its term is the first one.
LEAST = TERM - REMINDER


def take_over(actor: Actor, request_id: int, *, giver_id: int) -> ReviewRequest:
    """Be asked instead of the giver; who makes the lesson hears of it.

    The term stays, but for the days without which nobody can check anything, once; what was reminded of stays so.
    NotFound, Forbidden, Conflict when the giver is not asked any more.
    """
    lesson_id = db.session.scalar(
        select(LessonVersion.lesson_id)
        .join(ReviewRequest, ReviewRequest.version_id == LessonVersion.id)
        .where(ReviewRequest.id == request_id)
    )
    lesson: Lesson = get_visible(Lesson, actor, lesson_id, lock=True)
    query = select(ReviewRequest).where(
        ReviewRequest.id == request_id,
        ReviewRequest.version_id == lesson.working_id,
        ReviewRequest.asked_id == giver_id,
        *OPEN,
    )
    request = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if request is None or lesson.state != LessonState.IN_REVIEW:
        raise Conflict(_("This was settled or passed on meanwhile: there is nothing left to take over."))
    require(answers(actor, [request.id])[request.id])
    request.asked_id = actor.id
    if request.due_on <= workdays.after(days.day_of(request.asked_at), TERM):
        request.due_on = max(request.due_on, workdays.after(days.today(), LEAST))
    db.session.flush()
    for kind in ("review_asked", "review_shortened"):
        notices.take_back(kind, giver_id, about=Subject(lesson_id=lesson.id))
    events.record("review.passed", request_id=request.id, actor_id=actor.id)
    return request


def answers(actor: Actor, request_ids: Collection[int]) -> dict[int, Answer]:
    """Return for each of these requests, of lessons that the actor may see, whether they may be asked instead.

    A fixed number of queries.
    """
    rows = db.session.execute(
        select(ReviewRequest, Lesson, LessonVersion)
        .join(LessonVersion, LessonVersion.id == ReviewRequest.version_id)
        .join(Lesson, Lesson.working_id == LessonVersion.id)
        .where(ReviewRequest.id.in_(request_ids), sees(Lesson, actor))
    ).all()
    asked = set(
        db.session.scalars(
            select(ReviewRequest.version_id).where(
                ReviewRequest.version_id.in_([version.id for _request, _lesson, version in rows]),
                or_(ReviewRequest.asked_id == actor.id, passed_on_by(actor.id)),
            )
        )
    )
    reviewing = Reviewing({(lesson, version) for _request, lesson, version in rows}, [actor.id])
    found = {}
    for request, lesson, version in rows:
        as_asked = replace(reviewing.facts(version.id, actor.id), by_name=True, of_another=False)
        is_able = bool(may_review(actor, lesson, as_asked))
        found[request.id] = may_take_review(is_able=is_able, was_asked=version.id in asked)
    return found
