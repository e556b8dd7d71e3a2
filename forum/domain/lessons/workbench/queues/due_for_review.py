"""Due for review: published lessons of the actor's spaces of which the date for another look has passed."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from forum.domain.lessons.workbench.queues.window import Found, Order, Window, rows
from forum.infra import days
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

    presses = False  # the later it is, the lower it stands in the library

    @property
    def days_late(self) -> int:
        """For how many days."""
        return (days.today() - self.review_on).days


def of(actor: Actor, window: Window) -> Found:
    """Return them, the oldest date first (one query)."""
    query = (
        select(Lesson.id, Lesson.public_id, LessonVersion.title, Lesson.review_on)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(
            sees(Lesson, actor),
            Lesson.space_id.in_(moderated(actor)),
            Lesson.state == LessonState.PUBLISHED,
            Lesson.review_on < days.today(),
        )
    )
    lessons, found = rows(query, Order(Lesson.review_on, Lesson.id), window)
    found.items.extend(DueLesson(row.id, row.public_id, row.title, row.review_on) for row in lessons)
    return found
