"""From what is asked about a version in review to queued mail: to whoever can check it, and to its makers."""

from collections.abc import Iterable
from datetime import datetime

from forum.domain.lessons import review_letters
from forum.domain.mailing.mail_queue import queue_mail
from forum.infra.db import db
from forum.models.events import Event
from forum.models.lessons import Lesson, LessonVersion
from forum.models.mail import Lane
from forum.models.undo import UndoableAct


def requested(event: Event) -> None:
    """Ask: one member, or each of the group once."""
    _queue("review_request", event, review_letters.asked(event.payload["request_id"]))


def reminded(event: Event) -> None:
    """Remind the same people, as far as they can check it still."""
    _queue("review_reminder", event, review_letters.asked(event.payload["request_id"]))


def declined(event: Event) -> None:
    """Tell who makes the lesson, and who asked."""
    _queue("review_declined", event, review_letters.makers(event.payload["request_id"]))


def lapsed(event: Event) -> None:
    """Tell the same that nobody answered."""
    _queue("review_lapsed", event, review_letters.makers(event.payload["request_id"]))


def shortened(event: Event) -> None:
    """Tell who is asked, and who makes it, that a version lost words, once no act that took them can be undone."""
    act_id = event.payload["act_id"]
    act = db.session.get(UndoableAct, act_id) if act_id is not None else None
    if act is not None or act_id is None:
        not_before = act.until if act is not None else None
        request_id = event.payload["request_id"]
        _queue("review_shortened", event, review_letters.asked(request_id), not_before=not_before)
        _queue("review_weakened", event, review_letters.makers_once(request_id), not_before=not_before)


def published(event: Event) -> None:
    """Tell who makes the lesson, and who sent it for review, that it was published."""
    lesson = db.session.get(Lesson, event.payload["lesson_id"])
    version = db.session.get(LessonVersion, event.payload["version_id"])
    if lesson is not None and version is not None:
        _queue("lesson_published", event, sorted({lesson.curator_id, version.created_by_id}))


def _queue(kind: str, event: Event, members: Iterable[int], *, not_before: datetime | None = None) -> None:
    for member_id in members:
        queue_mail(
            kind,
            key=f"{kind}.{event.id}.{member_id}",
            lane=Lane.NOTICE,
            due_at=event.created_at,
            member_id=member_id,
            payload=event.payload,
            not_before=not_before,
        )
