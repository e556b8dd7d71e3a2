"""Questions to authors that close soon, or closed and nobody looked: their makers never see who said what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from forum.domain.desk.queues.columns import Columns, at_once
from forum.domain.lessons.unlooked import unlooked
from forum.domain.lessons.workbench.queues.in_my_hands import mine
from forum.infra import clock
from forum.infra.db import db
from forum.models.consents import ConsentRound
from forum.models.lessons import Lesson, LessonVersion
from forum.policy.actors import Actor
from forum.policy.visibility import sees

NAME = "permission"
SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class ClosingRound:
    """A question about a draft in the actor's hands: its last day, and whether that is over."""

    lesson_id: int
    last_day: date
    is_closed: bool


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the questions about drafts of the actor in these spaces, by when they close."""
    columns = Columns(
        kind=NAME,
        item_id=ConsentRound.id,
        space_id=Lesson.space_id,
        due_at=at_once(ConsentRound.closes_at),
        since_at=ConsentRound.opened_at,
        title=LessonVersion.title,
    )
    return _joined(columns.select(), actor).where(Lesson.space_id.in_(space_ids))


def details(actor: Actor, item_id: int) -> ClosingRound | None:
    """Return the question, while it waits (one query)."""
    query: Any = select(Lesson.id, ConsentRound.last_day, ConsentRound.closed_at)
    row = db.session.execute(_joined(query, actor).where(ConsentRound.id == item_id)).one_or_none()
    return ClosingRound(row[0], row[1], row[2] is not None) if row is not None else None


def _joined(query: Select[Any], actor: Actor) -> Select[Any]:
    return (
        query.select_from(ConsentRound)
        .join(Lesson, Lesson.id == ConsentRound.lesson_id)
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .where(sees(Lesson, actor), mine(actor), or_(_closes_soon(), and_(*unlooked())))
    )


def _closes_soon() -> ColumnElement[bool]:
    return and_(
        ConsentRound.id == Lesson.round_id,
        ConsentRound.closed_at.is_(None),
        ConsentRound.withdrawn.is_(False),
        ConsentRound.closes_at <= clock.now() + SOON,
    )
