"""Masked words that may identify somebody after all: a reviewer said so, or doubts it, before the lesson is read."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from forum.domain.desk.queues.columns import Columns, in_workdays
from forum.infra.db import db
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.models.reviewing import Question, Reply, ReviewLook
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.visibility import sees

NAME = "recognisable"
WORKDAYS = 1


@dataclass(frozen=True, slots=True)
class Unmasked:
    """A lesson in review, with its one sentence: what leads to whom stands beside it on the workbench."""

    lesson_id: int
    one_sentence: str


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the lessons of these spaces of which a reviewer says that who is not to be named may be found."""
    doubted = _doubted()
    columns = Columns(
        kind=NAME,
        item_id=Lesson.id,
        space_id=Lesson.space_id,
        due_at=in_workdays(doubted.c.since, WORKDAYS),
        since_at=doubted.c.since,
        title=LessonVersion.title,
        words=LessonVersion.one_sentence,
    )
    return _joined(columns.select(), actor, doubted).where(Lesson.space_id.in_(space_ids))


def details(actor: Actor, item_id: int) -> Unmasked | None:
    """Return the lesson, while a reviewer doubts it (one query)."""
    query: Any = select(Lesson.id, LessonVersion.one_sentence)
    found = _joined(query, actor, _doubted())
    row = db.session.execute(
        found.where(Lesson.id == item_id, Lesson.space_id.in_(moderated(actor)))
    ).one_or_none()
    return Unmasked(*row) if row is not None else None


def _doubted() -> Any:
    """Each version of which somebody answered so, and since when."""
    said = ReviewLook.answers[Question.UNKNOWN.value].as_string()
    return (
        select(ReviewLook.version_id, func.min(ReviewLook.at).label("since"))
        .where(said.in_([Reply.DOUBT.value, Reply.NO.value]))
        .group_by(ReviewLook.version_id)
        .subquery("doubted")
    )


def _joined(query: Select[Any], actor: Actor, doubted: Any) -> Select[Any]:
    return (
        query.select_from(Lesson)
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .join(doubted, doubted.c.version_id == Lesson.working_id)
        .where(sees(Lesson, actor), Lesson.state == LessonState.IN_REVIEW)
    )
