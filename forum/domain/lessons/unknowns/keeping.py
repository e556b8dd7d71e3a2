"""The questions of lessons, kept by every publication: each line of what a version does not know is one,
and so is each question that a discussion note leaves open.

A line that stays keeps its row, and with it who shares the question. One that is gone was answered where the maker of
the version said so, else it was left out; where it comes back later, it goes on.
"""

from sqlalchemy import Select, select

from forum.domain.lines import paragraphs
from forum.infra.db import db
from forum.models.lessons import LessonVersion
from forum.models.unknowns import Unknown


def questions(version: LessonVersion) -> list[str]:
    """Return the questions of a version, in their order; those that a discussion note leaves open as well."""
    lines = [*paragraphs(version.unknowns).splitlines(), *version.open_questions]
    return [line for line in dict.fromkeys(lines) if line]


def answered(version: LessonVersion) -> list[str]:
    """Return the questions of an earlier version that this one answers: those that it does not ask any more."""
    asked = questions(version)
    return [line for line in version.answers if line not in asked]


def follow(version: LessonVersion) -> None:
    """Keep the questions of a lesson, which is locked, as the version says that readers get from now on."""
    asked, answers = questions(version), answered(version)
    kept = {row.text: row for row in db.session.scalars(_still(version.lesson_id)).all()}
    for text, row in kept.items():
        if text in asked:
            row.ended_at = None
        elif row.ended_at is None:
            row.ended_at = version.published_at
            row.answered_by_id = version.id if text in answers else None
    new = [text for text in asked if text not in kept]
    db.session.add_all(Unknown(lesson_id=version.lesson_id, text=text, since_id=version.id) for text in new)
    db.session.flush()


def open_of(lesson_id: int) -> list[Unknown]:
    """Return the open questions of a lesson, the oldest first."""
    still = _still(lesson_id).where(Unknown.ended_at.is_(None))
    return list(db.session.scalars(still))


def _still(lesson_id: int) -> Select[Unknown]:
    """The rows of a lesson that are open, or could be again: what was answered is over."""
    return (
        select(Unknown)
        .where(Unknown.lesson_id == lesson_id, Unknown.answered_by_id.is_(None))
        .order_by(Unknown.id)
    )
