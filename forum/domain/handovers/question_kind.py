"""Open questions to the authors of a lesson that somebody else makes: of their own they go with the lesson."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select

from forum.domain.consents import taking_over
from forum.domain.handovers.kind import Item, Kind
from forum.infra.db import db
from forum.infra.i18n import lazy
from forum.models.consents import ConsentRound
from forum.models.lessons import Lesson
from forum.policy.actions import Answer, may_moderate
from forum.policy.actors import Actor
from forum.policy.visibility import sees


def held(_moment: Any) -> Select[*tuple[Any, ...]]:
    """Select every open question, by who asks."""
    return (
        select(
            ConsentRound.opened_by_id.label("holder_id"),
            Lesson.space_id,
            ConsentRound.id.label("item_id"),
            ConsentRound.opened_at.label("since_at"),
        )
        .join(Lesson, Lesson.round_id == ConsentRound.id)
        .where(ConsentRound.closed_at.is_(None), Lesson.curator_id != ConsentRound.opened_by_id)
    )


def seen(reader: Actor, round_ids: Collection[int]) -> dict[int, Item]:
    """Return those of these questions of which the reader may see the lesson (one query)."""
    rows = db.session.execute(
        select(ConsentRound.id, ConsentRound.lesson_id, ConsentRound.title, ConsentRound.last_day)
        .join(Lesson, Lesson.id == ConsentRound.lesson_id)
        .where(ConsentRound.id.in_(round_ids), sees(Lesson, reader))
    )
    return {row.id: Item(row.title, lesson_id=row.lesson_id, until=row.last_day) for row in rows}


def answers(actor: Actor, round_ids: Collection[int]) -> dict[int, Answer]:
    """Return for each of these questions, of lessons that the actor may see, whether they may ask it (one query)."""
    rows = db.session.execute(
        select(ConsentRound.id, Lesson.space_id)
        .join(Lesson, Lesson.id == ConsentRound.lesson_id)
        .where(ConsentRound.id.in_(round_ids), sees(Lesson, actor))
    )
    return {row.id: may_moderate(actor, row.space_id) for row in rows}


def take(actor: Actor, round_id: int, giver_id: int) -> None:
    """Be who asks."""
    taking_over.take_over(actor, round_id, giver_id=giver_id)


KIND = Kind(
    "question",
    lazy("Question to the authors of a lesson"),
    lazy("a question to authors"),
    held,
    seen,
    answers,
    take,
)
