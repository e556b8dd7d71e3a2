"""Disputed: counter-evidence that waits for a decision, and that which stands and nobody answered yet."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select

from forum.domain.lessons.listed import listed
from forum.domain.lessons.workbench.queues.window import Found, Order, Window, rows
from forum.infra import days
from forum.models.disputes import CounterEvidence
from forum.models.lessons import Lesson, LessonVersion
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.visibility import sees


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One piece of evidence against a claim of a lesson: `waits` for a moderator, or stands without an answer."""

    id: int
    public_id: str
    title: str
    claim: str
    made_on: date
    waits: bool

    @property
    def presses(self) -> bool:
        """Whether it cannot wait: nobody but its author and the makers reads it until somebody decides."""
        return self.waits


def of(actor: Actor, window: Window) -> Found:
    """Return what others brought against lessons of the actor's spaces, the oldest first (one query)."""
    waits = CounterEvidence.decided_at.is_(None)
    query = (
        select(
            CounterEvidence.id,
            Lesson.public_id,
            LessonVersion.title,
            CounterEvidence.claim_text,
            CounterEvidence.made_at,
            waits.label("waits"),
        )
        .join(Lesson, Lesson.id == CounterEvidence.lesson_id)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(
            sees(Lesson, actor),
            Lesson.space_id.in_(moderated(actor)),
            listed(),
            CounterEvidence.author_id != actor.id,
            or_(waits, and_(CounterEvidence.accepted, CounterEvidence.ended_at.is_(None))),
        )
    )
    found_rows, found = rows(query, Order(CounterEvidence.made_at, CounterEvidence.id), window)
    found.items.extend(
        Contradiction(
            row.id,
            row.public_id or "",
            row.title,
            row.claim_text,
            days.day_of(row.made_at),
            bool(row.waits),
        )
        for row in found_rows
    )
    return found
