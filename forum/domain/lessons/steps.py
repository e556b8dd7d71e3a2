"""The log of a lesson: each step in its life, with who took it and as what. Lines are only ever added."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forum.domain.people import bylines, capacities
from forum.domain.people.bylines import Byline
from forum.infra import clock
from forum.infra.db import db
from forum.infra.paging import keyset
from forum.models.accounts import Capacity, Member
from forum.models.lesson_steps import LessonStep, Stage, StepKind
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.visibility import get_visible

ON_A_PAGE = 40


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of the log. Without `by` the forum took the step, at a date or for an author who stays unnamed."""

    kind: str
    by: Byline | None
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Log:
    """One page of the log of a lesson, the latest line first."""

    lesson: Lesson
    title: str
    lines: list[StepLine]
    next_cursor: str | None


def stage_of(lesson: Lesson) -> Stage:
    """Return where a lesson stands for who makes it."""
    if lesson.state == LessonState.DRAFT:
        if lesson.round_id is not None:
            return Stage.ASKING
        return Stage.DRAFT if lesson.working_id is not None else Stage.NONE
    return Stage.IN_REVIEW if lesson.state == LessonState.IN_REVIEW else Stage.PUBLISHED


def record(
    actor: Actor | None,
    lesson: Lesson,
    kind: StepKind,
    *,
    before: Stage | None = None,
    after: Stage | None = None,
    reason: str = "",
) -> LessonStep:
    """Add a line to the log of a lesson: the only writer of it. Without `before` and `after` it stays where it is.

    No actor: the forum itself took the step.
    """
    spoke_as = capacities.current(actor.id) if actor is not None else None
    version = db.session.get(LessonVersion, lesson.working_id or lesson.current_id or 0)
    now = stage_of(lesson)
    line = LessonStep(
        lesson_id=lesson.id,
        sequence=version.sequence if version is not None else None,
        kind=kind,
        before=before or now,
        after=after or now,
        actor_id=actor.id if actor is not None else None,
        capacity_id=spoke_as.id if spoke_as is not None else None,
        reason=reason,
        at=clock.now(),
    )
    db.session.add(line)
    db.session.flush()
    return line


def page(actor: Actor, lesson_id: int, *, cursor: str | None = None) -> Log:
    """Return the log of a lesson, the latest line first, for the moderators of its space; NotFound, Forbidden."""
    lesson: Lesson = get_visible(Lesson, actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))
    title = select(LessonVersion.title).where(LessonVersion.id == (lesson.working_id or lesson.current_id))
    query: Any = (
        select(LessonStep.id, LessonStep.kind, LessonStep.at, LessonStep.reason, *bylines.COLUMNS)
        .outerjoin(Member, Member.id == LessonStep.actor_id)
        .outerjoin(Capacity, Capacity.id == LessonStep.capacity_id)
        .where(LessonStep.lesson_id == lesson.id)
    )
    rows, following = keyset(query, keys=(LessonStep.at, LessonStep.id), cursor=cursor, limit=ON_A_PAGE)
    return Log(lesson, db.session.scalar(title) or "", [_line(row) for row in rows], following)


def _line(row: Any) -> StepLine:
    by = bylines.speaker(row, said_at=row.at) if row.author_name is not None else None
    return StepLine(row.kind.value, by, row.at, row.reason)
