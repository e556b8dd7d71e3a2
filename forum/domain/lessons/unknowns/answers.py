"""What the next version of a lesson answers of the questions that its readers have: its maker says so."""

from collections.abc import Collection

from forum.domain.lessons import lessons
from forum.domain.lessons.unknowns import keeping
from forum.infra.db import db
from forum.models.lessons import Lesson, LessonVersion
from forum.models.unknowns import Unknown
from forum.policy.actors import Actor


def offered(lesson: Lesson) -> list[Unknown]:
    """Return the questions that the version that is made may answer: of one that was published, those still open."""
    return keeping.open_of(lesson.id) if lesson.current_id is not None else []


def choose(actor: Actor, lesson_id: int, unknown_ids: Collection[int]) -> LessonVersion:
    """Say which questions of its lesson the draft answers, and no others; what is no open one of them is left out.

    NotFound, Forbidden.
    """
    lesson, version = lessons.work_on(actor, lesson_id)
    chosen = [row.text for row in offered(lesson) if row.id in unknown_ids]
    if version.answers != chosen:
        version.answers = chosen
        db.session.flush()
    return version
