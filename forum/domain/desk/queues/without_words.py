"""Published lessons with a claim that lost its words: everybody reads it, so it is due at once."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from forum.domain.desk.queues.columns import Columns, at_once
from forum.domain.lessons import weakened
from forum.domain.lessons.listed import listed
from forum.infra.db import db
from forum.models.lessons import Lesson, LessonVersion
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.visibility import sees

NAME = "without_words"


@dataclass(frozen=True, slots=True)
class WeakLesson:
    """A lesson, and the numbers of its claims that have no words left."""

    public_id: str
    one_sentence: str
    claims: list[int]


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the lessons of these spaces that lost words."""
    columns = Columns(
        kind=NAME,
        item_id=Lesson.id,
        space_id=Lesson.space_id,
        due_at=at_once(Lesson.weakened_at),
        since_at=Lesson.weakened_at,
        title=LessonVersion.title,
        words=LessonVersion.one_sentence,
    )
    query = columns.select().select_from(Lesson).join(LessonVersion, LessonVersion.id == Lesson.current_id)
    return query.where(Lesson.space_id.in_(space_ids), *_waits(actor))


def details(actor: Actor, item_id: int) -> WeakLesson | None:
    """Return the lesson, while a claim of it has no words (two queries)."""
    query = (
        select(Lesson, LessonVersion.one_sentence)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(Lesson.id == item_id, Lesson.space_id.in_(moderated(actor)), *_waits(actor))
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    return WeakLesson(row[0].public_id or "", row[1], weakened.bare(row[0]))


def _waits(actor: Actor) -> tuple[Any, ...]:
    return (Lesson.weakened_at.is_not(None), listed(), sees(Lesson, actor))
