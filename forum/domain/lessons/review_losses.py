"""A version in review that lost an excerpt: who checks it hears of it, and its page says so."""

from collections.abc import Callable, Iterable

from sqlalchemy import func, select

from forum.domain.lessons import consent_checks, review_requests
from forum.domain.mailing import events
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Quoted
from forum.infra.db import db
from forum.models.claims import Removal
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.models.undo import UndoableAct


def tell(act: UndoableAct, lessons: Iterable[Lesson], is_about: Callable[[Quoted], bool]) -> None:
    """Record for each version in review among these lessons that quotes what an act took away that it lost words."""
    versions = {
        lesson.working_id for lesson in lessons if lesson.state == LessonState.IN_REVIEW and lesson.working_id
    }
    for version_id, claims in excerpts.of_versions(versions).items() if versions else ():
        if any(is_about(quoted) for claim in claims for quoted in claim.quotes):
            for request in review_requests.open_about(version_id):
                events.record("review.shortened", request_id=request.id, act_id=act.id)


def tell_withdrawn(lesson: Lesson) -> None:
    """Record that a version in review lost words whose author took their yes back, which nothing undoes."""
    if lesson.state == LessonState.IN_REVIEW and lesson.working_id is not None:
        for request in review_requests.open_about(lesson.working_id):
            events.record("review.shortened", request_id=request.id, act_id=None)


def lost(version: LessonVersion) -> int:
    """Return how many excerpts a version lost since it was sent for review (three queries)."""
    withheld = sum(bool(quoted.withheld) for quoted in excerpts.under(version.id))
    settled = select(func.count(Removal.id)).where(
        Removal.lesson_id == version.lesson_id,
        Removal.settled_at > version.sealed_at,
        Removal.undone_at.is_(None),
    )
    # A version is sent only once nothing is left to look at: what is by now, was taken back since.
    return withheld + (db.session.scalar(settled) or 0) + len(consent_checks.gone(version.lesson_id))
