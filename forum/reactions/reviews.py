"""From what is asked about a version in review to who is told: whoever can check it, and its makers."""

from collections.abc import Iterable

from forum.domain.lessons import review_letters
from forum.infra.db import db
from forum.models.events import Event
from forum.models.lessons import Lesson
from forum.models.undo import UndoableAct
from forum.reactions import lessons, told


def requested(event: Event) -> None:
    """Ask: one member, or each of the group once."""
    _tell(event, "review_asked", "review_request", review_letters.asked(event.payload["request_id"]))


def reminded(event: Event) -> None:
    """Remind the same people, as far as they can check it still."""
    _tell(event, "review_asked", "review_reminder", review_letters.asked(event.payload["request_id"]))


def declined(event: Event) -> None:
    """Tell who makes the lesson, and who asked."""
    _tell(event, "review_declined", "review_declined", review_letters.makers(event.payload["request_id"]))


def passed(event: Event) -> None:
    """Tell the same that somebody else is asked from now on, without a letter."""
    request_id = event.payload["request_id"]
    lesson_id = review_letters.lesson_id(request_id)
    lesson = db.session.get(Lesson, lesson_id) if lesson_id is not None else None
    if lesson is not None:
        makers = [one for one in review_letters.makers(request_id) if one != event.payload["actor_id"]]
        lessons.tell(event, "review_passed", lesson, makers)


def lapsed(event: Event) -> None:
    """Tell the same that nobody answered."""
    _tell(event, "review_lapsed", "review_lapsed", review_letters.makers(event.payload["request_id"]))


def shortened(event: Event) -> None:
    """Tell who is asked, and who makes it, that a version lost words, once no act that took them can be undone."""
    act = told.act_of(event)
    if act is not None or event.payload["act_id"] is None:
        request_id = event.payload["request_id"]
        _tell(event, "review_shortened", "review_shortened", review_letters.asked(request_id), act=act)
        _tell(event, "review_weakened", "review_weakened", review_letters.makers_once(request_id), act=act)


def _tell(
    event: Event, kind: str, letter: str, member_ids: Iterable[int], *, act: UndoableAct | None = None
) -> None:
    members = list(member_ids)
    keys = {member_id: f"{letter}.{event.id}.{member_id}" for member_id in members}
    told.write_letters(event, letter, keys, dict(event.payload), act=act)
    lesson_id = review_letters.lesson_id(event.payload["request_id"])
    lesson = db.session.get(Lesson, lesson_id) if lesson_id is not None else None
    if lesson is not None:
        lessons.tell(event, kind, lesson, members, act=act)
