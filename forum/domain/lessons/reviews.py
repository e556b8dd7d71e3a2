"""Reviews: who may review a version, given the cities of the reviewer and of its makers, and what they decided."""

from datetime import timedelta

from sqlalchemy import select

from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.lessons import Lesson, LessonReview, LessonVersion, Verdict
from forum.models.spaces import Space
from forum.policy.actions import Answer, deny, may_review
from forum.policy.actors import Actor

AGAIN = timedelta(minutes=15)  # within it, the same return is the one that was sent before


def answer_for(
    actor: Actor, lesson: Lesson, version: LessonVersion, space: Space, cities: dict[int, set[str]]
) -> Answer:
    """Return whether the actor may publish or return this version.

    `cities` as from `capacities.confirmed_cities`, makers and actor included.
    """
    origin = (
        cities[lesson.curator_id] | cities[version.created_by_id] | ({space.city} if space.city else set())
    )
    answer = may_review(actor, lesson, own_cities=cities[actor.id], origin_cities=origin)
    # Who submitted a version made it too, even where somebody else began the lesson.
    if answer and actor.id == version.created_by_id:
        return deny(_("You asked for this review yourself: somebody else has to publish it."))
    return answer


def people(actor: Actor, lesson: Lesson, version: LessonVersion) -> set[int]:
    """Return the ids of everybody whose cities `answer_for` compares."""
    return {actor.id, lesson.curator_id, version.created_by_id}


def record(actor: Actor, version: LessonVersion, verdict: Verdict, note: str = "") -> LessonReview:
    """Write down the verdict of a reviewer."""
    row = LessonReview(
        version_id=version.id, reviewer_id=actor.id, verdict=verdict, note=note, created_at=clock.now()
    )
    db.session.add(row)
    return row


def returned_already(actor: Actor, lesson_id: int, note: str) -> LessonVersion | None:
    """Return the version that the actor returned moments ago with this very note; None when they did not.

    It asks for what they wrote, so also who may no longer read the draft that they returned is told that it went; never
    for how the lesson stands now, which is not theirs to know.
    """
    query = (
        select(LessonReview, LessonVersion)
        .join(LessonVersion, LessonVersion.id == LessonReview.version_id)
        .where(LessonVersion.lesson_id == lesson_id, LessonReview.reviewer_id == actor.id)
        .order_by(LessonReview.id.desc())
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    if row is None or (row[0].verdict, row[0].note) != (Verdict.RETURNED, note):
        return None
    return row[1] if row[0].created_at > clock.now() - AGAIN else None


def last_return(lesson_id: int) -> LessonReview | None:
    """Return the note with which a version of this lesson came back, if the latest verdict was a return."""
    latest = db.session.scalars(
        select(LessonReview)
        .join(LessonVersion, LessonVersion.id == LessonReview.version_id)
        .where(LessonVersion.lesson_id == lesson_id)
        .order_by(LessonReview.id.desc())
        .limit(1)
    ).one_or_none()
    return latest if latest is not None and latest.verdict == Verdict.RETURNED else None
