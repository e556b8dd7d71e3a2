"""From a lesson that gets older to who is told: its owner, then all who make lessons there, and who said something."""

from forum.domain.lessons import ageing, ending
from forum.infra import days
from forum.infra.db import db
from forum.models.ageing import LessonSignal
from forum.models.events import Event
from forum.models.lessons import Lesson
from forum.reactions import lessons, told


def asked(event: Event) -> None:
    """Ask its curator whether it still holds, or the moderators of its space where the curator is none any more."""
    lesson = _of(event)
    if lesson is None or lesson.review_on is None or lesson.review_on > days.today() + ageing.ASKED_BEFORE:
        return
    moderators = told.moderators(lesson.space_id)
    owner = [lesson.curator_id] if lesson.curator_id in moderators else moderators
    lessons.tell(event, "still_true", lesson, owner)


def overdue(event: Event) -> None:
    """Give it to all moderators of its space, while nobody answered."""
    lesson = _of(event)
    if lesson is not None and lesson.review_on is not None and lesson.review_on < days.today():
        lessons.tell(event, "overdue", lesson, told.moderators(lesson.space_id))


def signalled(event: Event) -> None:
    """Tell the moderators of its space what a reader said, while nobody answered."""
    lesson, said = _of(event), db.session.get(LessonSignal, event.payload["signal_id"])
    if lesson is not None and said is not None and said.answered_at is None:
        members = set(told.moderators(lesson.space_id)) - {said.author_id}
        lessons.tell(event, "signalled", lesson, sorted(members))


def answered(event: Event) -> None:
    """Tell who said something that its makers looked at it."""
    lesson, said = _of(event), db.session.get(LessonSignal, event.payload["signal_id"])
    if lesson is not None and said is not None and said.author_id != event.payload["actor_id"]:
        lessons.tell(event, "signal_answered", lesson, [said.author_id])


def ended(event: Event) -> None:
    """Tell who has a part in it that it is withdrawn or superseded, once that can no longer be undone."""
    lesson, act = _of(event), told.act_of(event)
    if lesson is not None and act is not None and lesson.ended_at == act.at:
        lessons.tell(event, "lesson_ended", lesson, sorted(ending.concerned(lesson)), act=act)


def _of(event: Event) -> Lesson | None:
    return db.session.get(Lesson, event.payload["lesson_id"], populate_existing=True)
