"""Due for review: published lessons of the actor's spaces of which the date passed, or of which readers say so."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from forum.domain.lessons import making
from forum.domain.lessons.listed import listed
from forum.domain.lessons.workbench.queues.window import Found, Order, Window, rows
from forum.infra import days
from forum.models.ageing import LessonSignal
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.visibility import sees


@dataclass(frozen=True, slots=True)
class DueLesson:
    """A published lesson, and since when somebody should look at it again."""

    id: int
    public_id: str
    title: str
    review_on: date
    signals: int  # of readers who say that something no longer holds
    signalled_on: date | None  # the first of them
    may_revise: bool  # the actor may answer with a new version

    presses = False  # the later it is, the lower it stands in the library

    @property
    def days_late(self) -> int:
        """For how many days."""
        return days.late(self.review_on)


def of(actor: Actor, window: Window) -> Found:
    """Return them, the oldest date first (one query)."""
    signals, first = _of_open(func.count(LessonSignal.id)), _of_open(func.min(LessonSignal.made_at))
    query = (
        select(
            Lesson.id,
            Lesson.public_id,
            Lesson.space_id,
            LessonVersion.title,
            Lesson.review_on,
            signals.label("signals"),
            first.label("first"),
            *making.facts(actor.id),
        )
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(
            sees(Lesson, actor),
            Lesson.space_id.in_(moderated(actor)),
            Lesson.state == LessonState.PUBLISHED,
            listed(),
            or_(Lesson.review_on < days.today(), signals > 0),
        )
    )
    lessons, found = rows(query, Order(Lesson.review_on, Lesson.id), window)
    found.items.extend(
        DueLesson(
            row.id,
            row.public_id,
            row.title,
            row.review_on,
            row.signals,
            signalled_on=days.day_of(row.first, actor.timezone) if row.first is not None else None,
            may_revise=bool(making.by_facts(actor, row, row)),
        )
        for row in lessons
    )
    return found


def _of_open(what: Any) -> Any:
    """Something of the signals on a Lesson that nobody answered yet."""
    is_open = (LessonSignal.lesson_id == Lesson.id, LessonSignal.answered_at.is_(None))
    return select(what).where(*is_open).correlate(Lesson).scalar_subquery()
