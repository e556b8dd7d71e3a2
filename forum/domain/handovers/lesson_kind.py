"""Lessons that somebody makes: with them go the questions to authors and reviewers that they asked about them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select

from forum.domain.consents import taking_over as consent_taking
from forum.domain.handovers.kind import Item, Kind
from forum.domain.lessons import making, taking_over
from forum.infra.db import db
from forum.infra.i18n import lazy
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.policy.actors import Actor
from forum.policy.visibility import sees


def held(_moment: Any) -> Select[*tuple[Any, ...]]:
    """Select every lesson in hand, by its curator: another version of it is other work."""
    return (
        select(
            Lesson.curator_id.label("holder_id"),
            Lesson.space_id,
            Lesson.id.label("item_id"),
            LessonVersion.created_at.label("since_at"),
        )
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .where(*taking_over.IN_HAND)
    )


def seen(reader: Actor, lesson_ids: Collection[int]) -> dict[int, Item]:
    """Return those of these lessons that the reader may see (one query)."""
    rows = db.session.execute(
        select(Lesson.id, Lesson.state, LessonVersion.title)
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .where(Lesson.id.in_(lesson_ids), sees(Lesson, reader), sees(LessonVersion, reader))
    )
    return {
        row.id: Item(row.title, lesson_id=row.id, in_review=row.state == LessonState.IN_REVIEW)
        for row in rows
    }


def take(actor: Actor, lesson_id: int, giver_id: int) -> None:
    """Make the lesson, and ask its authors what the giver asks them."""
    taking_over.take_over(actor, lesson_id, giver_id=giver_id)
    consent_taking.go_along(actor, lesson_id, giver_id=giver_id)


KIND = Kind("lesson", lazy("Lesson in the making"), lazy("a lesson"), held, seen, making.answers, take)
