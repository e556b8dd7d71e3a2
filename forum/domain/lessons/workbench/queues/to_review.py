"""To review: versions that the actor may check, as somebody who did not make them and is not quoted in them."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from forum.domain.lessons import review_requests, review_set_aside
from forum.domain.lessons.workbench import desk
from forum.domain.lessons.workbench.queues.window import Found, Window, of_list
from forum.infra import days
from forum.infra.db import db
from forum.models.lessons import Lesson, ReviewRequest
from forum.policy.actors import Actor

SOON = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class ToReview:
    """A version that the actor may check. Without `asked_by` nobody asked them."""

    lesson_id: int
    title: str
    curator: str  # words without a name where the makers are not theirs to know
    is_new_version: bool
    asked_by: str
    by_name: bool
    due_on: date | None

    @property
    def presses(self) -> bool:
        """Whether it cannot wait: its term is over in two days, and it is asked of them by name."""
        return self.by_name and self.due_on is not None and self.due_on <= days.today() + SOON

    @property
    def days_late(self) -> int:
        """For how many days its term is over."""
        return days.late(self.due_on) if self.due_on else 0


def of(actor: Actor, window: Window) -> Found:
    """Return them by the end of their terms, those that nobody asks last (few queries, however many there are)."""
    cards = desk.waiting_for(actor)
    asked = {one.lesson_id: one for one in review_requests.waiting(actor)} if cards else {}
    away = _put_away(actor) if cards else set()
    found = []
    for card in cards:
        question = asked.get(card.id)
        if question is None and card.id in away:
            continue
        found.append(
            ToReview(
                card.id,
                card.title,
                card.curator,
                card.public_id is not None,
                question.asked_by if question else "",
                question is not None and question.by_name,
                question.due_on if question else None,
            )
        )
    found.sort(key=lambda one: (one.due_on or date.max, not one.by_name))
    return of_list(found, window, most=desk.MOST, key=lambda one: one.lesson_id, day=lambda one: one.due_on)


def _put_away(actor: Actor) -> set[int]:
    """What the actor put away for themselves, since the group was asked last."""
    query = (
        select(Lesson.id)
        .join(ReviewRequest, ReviewRequest.version_id == Lesson.working_id)
        .where(*review_requests.OPEN, review_set_aside.by(actor))
    )
    return set(db.session.scalars(query))
