"""What somebody knows that contradicts a claim: until a moderator decides, nobody else reads it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from forum.domain.desk.queues.columns import Columns, in_workdays
from forum.domain.lessons import own_cases
from forum.domain.lessons.listed import listed
from forum.infra.db import db
from forum.models.disputes import CounterEvidence
from forum.models.lessons import Lesson, LessonVersion
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.visibility import sees

NAME = "disputed"
WORKDAYS = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of the words, the claim that they contradict, and whether the actor may decline them."""

    id: int
    public_id: str
    claim: str
    words: str
    may_decline: bool


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select what others brought against lessons of these spaces and nobody decided on."""
    columns = Columns(
        kind=NAME,
        item_id=CounterEvidence.id,
        space_id=Lesson.space_id,
        due_at=in_workdays(CounterEvidence.made_at, WORKDAYS),
        since_at=CounterEvidence.made_at,
        title=LessonVersion.title,
        words=CounterEvidence.words,
    )
    return _joined(columns.select(), actor).where(Lesson.space_id.in_(space_ids))


def details(actor: Actor, item_id: int) -> Evidence | None:
    """Return the evidence, while it waits (at most four queries)."""
    query: Any = select(CounterEvidence, Lesson)
    row = db.session.execute(
        _joined(query, actor).where(CounterEvidence.id == item_id, Lesson.space_id.in_(moderated(actor)))
    ).one_or_none()
    if row is None:
        return None
    evidence, lesson = row
    own = evidence.id in own_cases.of(actor, lesson, [evidence])
    return Evidence(evidence.id, lesson.public_id or "", evidence.claim_text, evidence.words, not own)


def _joined(query: Select[Any], actor: Actor) -> Select[Any]:
    return (
        query.select_from(CounterEvidence)
        .join(Lesson, Lesson.id == CounterEvidence.lesson_id)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(
            sees(Lesson, actor),
            listed(),
            CounterEvidence.decided_at.is_(None),
            CounterEvidence.author_id != actor.id,
        )
    )
