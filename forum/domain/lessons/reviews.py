"""Reviews: who may review a version, given the cities of the reviewer and of its makers, and what they decided."""

from sqlalchemy import select

from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.lessons import Lesson, LessonReview, LessonState, LessonVersion, Verdict
from forum.models.spaces import Space
from forum.policy.actions import Answer, could_review, deny, may_review
from forum.policy.actors import Actor


def answer_for(
    actor: Actor, lesson: Lesson, version: LessonVersion, space: Space, cities: dict[int, set[str]]
) -> Answer:
    """Return whether the actor may publish or return this version.

    `cities` as from `capacities.cities_of`, makers and actor included.
    """
    origin = _origin(lesson, version, space, cities)
    answer = may_review(actor, lesson, own_cities=cities[actor.id], origin_cities=origin)
    # Who submitted a version made it too, even where somebody else began the lesson.
    if answer and actor.id == version.created_by_id:
        return deny(_("You asked for this review yourself: somebody else has to publish it."))
    return answer


def could(
    actor: Actor, lesson: Lesson, version: LessonVersion, space: Space, cities: dict[int, set[str]]
) -> bool:
    """Return whether the actor may review this version whenever it waits, whether or not it does now."""
    origin = _origin(lesson, version, space, cities)
    answer = could_review(actor, lesson, own_cities=cities[actor.id], origin_cities=origin)
    return bool(answer) and actor.id != version.created_by_id


def _origin(lesson: Lesson, version: LessonVersion, space: Space, cities: dict[int, set[str]]) -> set[str]:
    return cities[lesson.curator_id] | cities[version.created_by_id] | ({space.city} if space.city else set())


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
    """Return the version that is made on since the actor returned one with this very note; None otherwise.

    It asks for what the actor wrote, so also who may no longer read the draft that they returned is told that it went.
    """
    lesson = db.session.get(Lesson, lesson_id, populate_existing=True)
    if lesson is None or lesson.state != LessonState.DRAFT or lesson.working_id is None:
        return None
    last = last_return(lesson_id)
    if last is None or (last.reviewer_id, last.note) != (actor.id, note):
        return None
    return db.session.get(LessonVersion, lesson.working_id)


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
