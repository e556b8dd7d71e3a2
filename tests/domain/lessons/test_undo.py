"""Second thoughts: a version asked back from review, a draft dropped."""

import pytest
from sqlalchemy import select

from forum.domain.lessons import lessons
from forum.domain.lessons import undo as lesson_undo
from forum.infra.db import db
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.models.spaces import Audience
from forum.policy.errors import Conflict, Forbidden, NotFound
from tests.lesson_scenario import build


def test_a_curator_asks_a_version_back_and_a_reviewer_cannot():
    scenario = build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    with pytest.raises(Forbidden):
        lesson_undo.ask_back(scenario.actor("reviewer"), lesson.id)
    fresh = lesson_undo.ask_back(scenario.actor("curator"), lesson.id)
    assert (lesson.state, lesson.working_id, fresh.sealed_at) == (LessonState.DRAFT, fresh.id, None)
    with pytest.raises(NotFound):
        lessons.publish(scenario.actor("reviewer"), lesson.id)
    with pytest.raises(Conflict):
        lesson_undo.ask_back(scenario.actor("curator"), lesson.id)


def test_a_draft_that_nobody_checked_is_gone_when_it_is_dropped():
    scenario = build()
    lesson = scenario.draft()
    lesson_id = lesson.id
    with pytest.raises(NotFound):
        lesson_undo.discard(scenario.actor("author"), lesson_id)
    assert lesson_undo.discard(scenario.actor("curator"), lesson_id) is None
    db.session.expire_all()
    assert db.session.scalars(select(Lesson).where(Lesson.id == lesson_id)).first() is None
    assert db.session.scalars(select(Claim)).all() == []


def test_dropping_a_new_version_leaves_the_published_one():
    scenario = build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    lessons.publish(scenario.actor("reviewer"), lesson.id)
    lessons.revise(scenario.actor("curator"), lesson.id)
    kept = lesson_undo.discard(scenario.actor("curator"), lesson.id)
    assert kept is not None
    assert (kept.state, kept.working_id) == (LessonState.PUBLISHED, None)
    versions = db.session.scalars(select(LessonVersion).where(LessonVersion.lesson_id == lesson.id)).all()
    assert [version.number for version in versions] == ["1.0"]
