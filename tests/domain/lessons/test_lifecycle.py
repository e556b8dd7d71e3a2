"""From draft to published and again: who begins a new version, what is kept, and what nobody may write in any more."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from forum.domain.lessons import lessons
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.lessons import LessonState, LessonVersion
from forum.models.spaces import Audience
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import reviewed
from tests.lesson_scenario import FULL, build

HOUR = timedelta(hours=1)


def save(scenario, lesson, saved_count=None, **fields):
    count = lessons.working(lesson).saved_count if saved_count is None else saved_count
    return lessons.save(scenario.actor("curator"), lesson.id, saved_count=count, **fields)


def test_each_save_is_counted_and_has_its_moment(session):
    scenario = build()
    lesson = scenario.draft()
    before = lessons.working(lesson).saved_count
    with clock.at(clock.now() + HOUR):
        version = save(scenario, lesson, title="Talk first")
        assert (version.saved_count, version.saved_at) == (before + 1, clock.now())
    assert save(scenario, lesson, title="Talk").saved_count == before + 2


def test_what_another_process_saved_is_seen_before_it_is_written_over(session):
    scenario = build()
    lesson = scenario.draft()
    version = lessons.working(lesson)  # held here, so that the session knows it
    count = version.saved_count
    saved = update(LessonVersion).where(LessonVersion.id == lesson.working_id).values(saved_count=count + 1)
    db.session.execute(saved.execution_options(synchronize_session=False))
    with pytest.raises(Conflict):
        save(scenario, lesson, count, title="Mine")
    assert version.saved_count == count + 1


def test_readers_of_a_published_lesson_do_not_write_in_its_new_version(session):
    scenario = build()
    lesson = scenario.published()
    version = lessons.revise(scenario.actor("curator"), lesson.id)
    for name in ("reader", "author", "reviewer"):
        with pytest.raises(Forbidden):
            lessons.save(scenario.actor(name), lesson.id, saved_count=version.saved_count, title="Mine")


def test_a_sealed_version_is_closed_whatever_the_state_of_its_lesson(session):
    scenario = build()
    lesson = scenario.draft()
    lessons.working(lesson).sealed_at = clock.now()
    db.session.flush()
    assert lesson.state == LessonState.DRAFT
    with pytest.raises(Forbidden):
        save(scenario, lesson, title="Too late")


def test_a_note_is_wanted_at_its_field_and_the_note_of_the_change_comes_along(session):
    scenario = build()
    lesson = scenario.draft()
    save(scenario, lesson, change_note="a doubt added")
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    with pytest.raises(Invalid) as refused:
        lessons.send_back(scenario.actor("reviewer"), lesson.id, note="")
    assert refused.value.field == "note"
    assert (
        lessons.send_back(scenario.actor("reviewer"), lesson.id, note="More").change_note == "a doubt added"
    )


def test_only_a_moderator_of_its_space_begins_a_new_version(session):
    scenario = build()
    lesson = scenario.published()
    for name in ("reader", "author", "reviewer", "editor"):
        with pytest.raises(Forbidden):
            lessons.revise(scenario.actor(name), lesson.id)
    assert (lesson.state, lesson.working_id) == (LessonState.PUBLISHED, None)
    version = lessons.revise(scenario.actor("second"), lesson.id)
    assert (lesson.state, lesson.working_id) == (LessonState.DRAFT, version.id)
    assert (version.sequence, version.created_by_id) == (2, scenario.second.id)
    assert lessons.revise(scenario.actor("curator"), lesson.id) is version, "one at a time"


def test_a_new_version_changes_nothing_of_the_first_publication(session):
    scenario = build()
    start = clock.now()
    with clock.at(start):
        lesson = scenario.published()
    public_id = lesson.public_id
    assert lesson.review_on == days.day_of(start) + timedelta(days=548)
    with clock.at(start + HOUR):
        lessons.revise(scenario.actor("curator"), lesson.id)
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
        reviewed.publish(scenario.actor("reviewer"), lesson.id, review_on=date(2031, 5, 1))
    assert (lesson.public_id, lesson.published_at) == (public_id, start)
    assert (lesson.changed_at, lesson.review_on) == (start + HOUR, date(2031, 5, 1))
    version = db.session.get_one(LessonVersion, lesson.current_id)
    assert (version.number, version.published_at) == ("1.1", start + HOUR)


def test_a_published_lesson_keeps_its_readers_wider_or_narrower(session):
    scenario = build(Audience.PUBLIC)
    lesson = scenario.published()
    lessons.revise(scenario.actor("curator"), lesson.id)
    for audience in (Audience.SPACE, Audience.PUBLIC):
        with pytest.raises(Invalid) as refused:
            lessons.submit(scenario.actor("curator"), lesson.id, audience=audience)
        assert refused.value.field == "audience"
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    assert lesson.state == LessonState.IN_REVIEW


def test_a_lesson_of_an_unlisted_space_is_published_inside_it(session):
    scenario = build(Audience.SPACE)
    scenario.space.unlisted_at = scenario.space.created_at
    scenario.space.widest_audience = Audience.SPACE
    db.session.flush()
    lesson = scenario.published(Audience.SPACE, by="second")
    assert (lesson.state, lesson.audience) == (LessonState.PUBLISHED, Audience.SPACE)
    with pytest.raises(NotFound):
        lessons.revise(scenario.actor("reviewer"), lesson.id)
    assert lessons.revise(scenario.actor("curator"), lesson.id).title == FULL["title"]
