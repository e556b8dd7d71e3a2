"""What the home page says of lessons that quote a member; whether they may see one is checked again each time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forum.infra import clock
from forum.infra.db import db
from forum.infra.statements import cached, select_rows
from forum.models.lessons import Lesson, LessonVersion
from forum.models.notifications import Notification
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

MOST = 10


@dataclass(frozen=True, slots=True)
class Notice:
    """One line on the home page."""

    id: int
    kind: str
    lesson_title: str
    lesson_public_id: str
    created_at: datetime


def inbox(actor: Actor) -> list[Notice]:
    """Return the actor's unread notices about lessons that they may still see, the newest first (one query)."""
    return [Notice(*values) for values in select_rows(_unread(), reader_values(actor))]


@cached
def _unread() -> Any:
    reader = reader_param(signed_in=True)
    assert reader is not None
    return (
        select(
            Notification.id,
            Notification.kind,
            LessonVersion.title,
            Lesson.public_id,
            Notification.created_at,
        )
        .join(Lesson, Lesson.id == Notification.lesson_id)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(
            Notification.member_id == reader.id,
            Notification.kind == "cited",
            Notification.read_at.is_(None),
            Lesson.public_id.is_not(None),
            sees(Lesson, reader),
        )
        .order_by(Notification.created_at.desc(), Notification.id.desc())
        .limit(MOST)
    )


def mark_read(actor: Actor, notification_id: int) -> None:
    """Mark one of the actor's own notices as read, doing nothing the second time; NotFound for another's."""
    row = db.session.scalars(
        select(Notification).where(Notification.id == notification_id, Notification.member_id == actor.id)
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.read_at is None:
        row.read_at = clock.now()
        db.session.flush()
