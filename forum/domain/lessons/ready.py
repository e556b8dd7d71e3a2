"""Lessons that enough other cities applied well, in the queue of the editors who may confirm them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.domain.lessons import confirmers
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.lessons import Lesson, LessonVersion
from forum.policy.actors import Actor
from forum.policy.visibility import sees

MOST = 50


@dataclass(frozen=True, slots=True)
class ReadyLesson:
    """One that waits for an editor, and since when."""

    public_id: str
    title: str
    since: datetime | None


def waiting(actor: Actor) -> list[ReadyLesson]:
    """Return the lessons that an editor may confirm, the longest first (one query); nobody else has any."""
    if NetworkRole.EDITOR not in actor.network_roles:
        return []
    query = (
        select(Lesson.public_id, LessonVersion.title, Lesson.ready_at)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(sees(Lesson, actor), confirmers.waits_for(actor.id))
        .order_by(Lesson.ready_at, Lesson.id)
        .limit(MOST)
    )
    return [
        ReadyLesson(row.public_id or "", row.title, row.ready_at) for row in db.session.execute(query).all()
    ]
