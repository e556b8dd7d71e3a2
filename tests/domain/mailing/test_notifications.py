"""Rows of what members are told: once for each event."""

from forum.domain.inbox import notices as inbox
from forum.domain.mailing import events, notices
from forum.infra.db import db
from tests.domain.digests.test_digests import make_lesson
from tests.factories import actor, make_member, make_space


def test_the_same_event_is_told_once():
    space = make_space("Gent")
    lesson = make_lesson(space, make_member("Curator", space=space))
    member = make_member("Ann", space=make_space("Aalst"))
    event = events.record("lesson.published", lesson_id=lesson.id, version_id=lesson.current_id)
    db.session.flush()
    for _time in range(2):
        notices.tell({member.id: "cited"}, event_id=event.id, about=notices.Subject(lesson_id=lesson.id))
    assert [(group.title, len(group.lines)) for group in inbox.page(actor(member)).rows] == [
        ("Two visits", 1)
    ]
