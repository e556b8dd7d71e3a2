"""Waiting for permission: the authors of a draft are asked, or were; told without who answers and what."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, func, or_, select

from forum.domain.lessons.unlooked import unlooked
from forum.domain.lessons.workbench.queues.in_my_hands import mine
from forum.domain.lessons.workbench.queues.window import Found, Order, Window, rows
from forum.infra import days
from forum.models.claims import Claim, Excerpt
from forum.models.consents import ConsentRound
from forum.models.lessons import Lesson, LessonVersion
from forum.policy.actors import Actor
from forum.policy.visibility import sees


@dataclass(frozen=True, slots=True)
class AskedDraft:
    """A draft and its round: until when authors may answer, and how many excerpts stand in it now."""

    lesson_id: int
    title: str
    asked_on: date
    last_day: date
    is_closed: bool
    excerpts: int

    @property
    def settled_on(self) -> date:
        """The day on which it is known which excerpts stay."""
        return self.last_day + timedelta(days=1)

    @property
    def presses(self) -> bool:
        """Whether it cannot wait: the question is closed, and the draft with it until somebody looks."""
        return self.is_closed


def of(actor: Actor, window: Window) -> Found:
    """Return them by the last day of the question (one query)."""
    standing = (
        select(func.count(Excerpt.id))
        .join(Claim, Claim.id == Excerpt.claim_id)
        .where(Claim.version_id == Lesson.working_id, Excerpt.removal.is_(None))
        .correlate(Lesson)
        .scalar_subquery()
    )
    last = (
        select(func.max(ConsentRound.id))
        .where(
            ConsentRound.lesson_id == Lesson.id,
            or_(ConsentRound.id == Lesson.round_id, and_(*unlooked())),
        )
        .correlate(Lesson)
        .scalar_subquery()
    )
    query = (
        select(
            Lesson.id,
            LessonVersion.title,
            ConsentRound.opened_at,
            ConsentRound.last_day,
            ConsentRound.closed_at,
            standing.label("excerpts"),
        )
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .join(ConsentRound, ConsentRound.lesson_id == Lesson.id)
        .where(sees(Lesson, actor), mine(actor), ConsentRound.id == last)
    )
    order = Order(ConsentRound.last_day, Lesson.id, day=ConsentRound.last_day)
    drafts, found = rows(query, order, window)
    found.items.extend(
        AskedDraft(
            row.id,
            row.title,
            days.day_of(row.opened_at),
            row.last_day,
            row.closed_at is not None,
            row.excerpts,
        )
        for row in drafts
    )
    return found
