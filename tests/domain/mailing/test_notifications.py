"""Lines on the home page: once for each event, only what may still be seen, gone when read."""

import pytest

from forum.domain.mailing import events, notices, notifications
from forum.infra.db import db
from forum.models.spaces import Audience
from forum.policy.errors import NotFound
from tests.domain.digests.test_digests import make_lesson
from tests.factories import actor, make_member, make_space


@pytest.fixture
def told():
    """A member who was told of a lesson, twice."""
    space = make_space("Gent")
    lesson = make_lesson(space, make_member("Curator", space=space))
    member = make_member("Ann", space=make_space("Aalst"))
    event = events.record("lesson.published", lesson_id=lesson.id, version_id=lesson.current_id)
    db.session.flush()
    for _time in range(2):
        notices.tell({member.id: "cited"}, event_id=event.id, about=notices.Subject(lesson_id=lesson.id))
    return member, lesson


def test_the_same_event_is_told_once(told):
    member, _lesson = told
    assert [notice.lesson_title for notice in notifications.inbox(actor(member))] == ["Two visits"]


def test_what_she_may_not_see_any_more_is_not_named(told):
    member, lesson = told
    lesson.audience = Audience.SPACE
    db.session.flush()
    assert notifications.inbox(actor(member)) == []


def test_reading_takes_it_away_also_twice(told):
    member, _lesson = told
    line = notifications.inbox(actor(member))[0]
    notifications.mark_read(actor(member), line.id)
    notifications.mark_read(actor(member), line.id)
    assert notifications.inbox(actor(member)) == []


def test_somebody_elses_line_does_not_exist_for_her(told):
    member, _lesson = told
    line = notifications.inbox(actor(member))[0]
    with pytest.raises(NotFound):
        notifications.mark_read(actor(make_member("Eve")), line.id)
    assert len(notifications.inbox(actor(member))) == 1
