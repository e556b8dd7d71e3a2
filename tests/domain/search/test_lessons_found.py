"""Lessons that are found: by which part, in which order, and by nothing of their origin that is kept from a reader."""

from datetime import timedelta

import pytest

from forum.domain.lessons import lessons
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.consents import Masking
from forum.models.lessons import Lesson, LessonVersion
from forum.models.search import VersionText
from forum.models.spaces import Audience, Role
from forum.models.threads import Thread
from tests import reviewed
from tests.domain.search.test_results import answer, marks
from tests.factories import join, make_member, make_space
from tests.lesson_scenario import FULL, LessonScenario, build

MASKED = {"masking": Masking.MASKED, "city_shown": False, "shown_as": "somebody in field work, a centre city"}


def out(scenario: LessonScenario, *, claim="Contact keeps people", **texts) -> Lesson:
    """A published lesson with these texts."""
    lesson = scenario.draft(text=claim)
    saved = lessons.working(lesson).saved_count
    lessons.save(scenario.actor("curator"), lesson.id, saved_count=saved, **{**FULL, **texts})
    if scenario.thread.audience == Audience.SPACE:
        scenario.agree(lesson, **MASKED)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    return lesson


def found(who, question, **chosen):
    """The lessons that somebody gets, in order."""
    return [each.card.id for each in answer(who, question, **chosen).lessons]


@pytest.fixture
def scenario(session) -> LessonScenario:
    return build()


def test_the_place_of_a_match_orders_lessons_and_leads_to_the_very_claim(scenario):
    body = out(scenario, title="One", one_sentence="Two.", recommendation="Give everybody a bicycle to ride.")
    claim = out(scenario, title="One", one_sentence="Two.", claim="A bicycle keeps people")
    sentence = out(scenario, title="One", one_sentence="Two bicycles.")
    title = out(scenario, title="Bicycles for all", one_sentence="Two.")
    assert found(scenario.reader, "bicycle") == [title.id, sentence.id, claim.id, body.id]
    by_id = {each.card.id: each for each in answer(scenario.reader, "bicycle").lessons}
    assert marks(by_id[title.id].title) == ["Bicycles"]
    assert marks(by_id[sentence.id].one_sentence) == ["bicycles"]
    (passage,) = by_id[claim.id].claims
    assert (passage.number, marks(passage.words), by_id[claim.id].body) == (1, ["bicycle"], None)
    assert (by_id[body.id].claims, by_id[body.id].body.name) == ([], "recommendation")
    assert marks(by_id[body.id].body.words) == ["bicycle"]
    # One word in the title, the other in a claim.
    assert found(scenario.reader, "bicycles contact") == [title.id, sentence.id, body.id]
    assert found(scenario.reader, "bicycle -contact") == [claim.id]


@pytest.mark.both_databases
def test_a_lesson_that_is_not_in_the_index_yet_has_no_word_that_is_left_out(scenario):
    claim = out(scenario, title="One", one_sentence="Two.", claim="A bicycle keeps people")
    db.session.execute(db.delete(VersionText))
    assert found(scenario.reader, "bicycle -contact") == found(scenario.reader, "bicycle") == [claim.id]
    assert found(scenario.reader, "in:lesson -contact") == [claim.id]
    assert found(scenario.reader, "in:lesson -people") == []


def test_confirmed_ones_come_first_and_overdue_ones_last(scenario):
    late, plain_one, confirmed = (out(scenario, title=f"Bicycle {number}") for number in "abc")
    rows = {one: db.session.get_one(Lesson, one.id) for one in (late, plain_one, confirmed)}
    rows[late].review_on = days.today() - timedelta(days=1)
    rows[late].changed_at = clock.now() + timedelta(hours=1)
    rows[confirmed].confirmed_at = clock.now()
    rows[confirmed].changed_at = clock.now() - timedelta(days=9)
    db.session.flush()
    assert found(scenario.reader, "bicycle") == [confirmed.id, plain_one.id, late.id]


def test_a_lesson_is_found_by_whoever_may_read_it_in_the_version_that_they_get(scenario):
    lesson = scenario.draft(text="A tandem keeps people")
    everybody = [scenario.reader, scenario.author, scenario.curator, scenario.editor, None]
    assert [found(who, "tandem") for who in everybody] == [[]] * 5
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    assert [found(who, "tandem") for who in everybody] == [[]] * 5
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    outside = make_member("Gust")
    join(outside, make_space("Genk", city="genk"), Role.GUEST)
    pending = make_member("Piet", approved_at=None, space=scenario.space)
    nobody = [outside, pending, None]
    assert [found(who, "tandem") for who in everybody[:4]] == [[lesson.id]] * 4
    assert [found(who, "tandem") for who in nobody] == [[]] * 3
    assert [answer(who, "tandem").counts.total for who in nobody] == [0] * 3


def test_what_is_narrower_afterwards_is_gone_from_the_next_answer(scenario):
    lesson = out(scenario, title="Tandem")
    assert found(scenario.reader, "tandem") == [lesson.id]
    db.session.get_one(Lesson, lesson.id).audience = Audience.SPACE
    db.session.flush()
    assert (found(scenario.reader, "tandem"), found(scenario.author, "tandem")) == ([], [lesson.id])


def test_a_masked_lesson_is_under_no_city_space_name_or_day_for_who_stands_outside(session):
    scenario = build(Audience.SPACE)
    with clock.at(clock.now() - timedelta(days=100)):
        lesson = out(scenario, title="Tandem")
    # Opened afterwards, the thread would lead to who is masked.
    db.session.get_one(Thread, scenario.thread.id).audience = Audience.NETWORK
    version = db.session.get_one(LessonVersion, lesson.current_id)
    db.session.flush()
    published = days.day_of(version.published_at)
    day_after = (published + timedelta(days=1)).isoformat()
    month = (published.month - 1) // 3 * 3 + 4
    next_quarter = f"{published.year + 1}-01" if month > 12 else f"{published.year}-{month}"
    asked = (f"space:{scenario.space.slug}", "by:cas", "by:wout", f"before:{day_after}")
    outside = (scenario.reader, scenario.editor, scenario.reviewer)
    for who in outside:
        assert found(who, "tandem") == [lesson.id]
        assert found(who, f"tandem before:{next_quarter}") == [lesson.id]
        assert [found(who, f"tandem {one}") for one in (*asked, "city:aalst")] == [[]] * 5
        assert not answer(who, "tandem").counts.by["city"]
    assert found(scenario.author, f"tandem {asked[0]}") == [lesson.id]
    assert found(scenario.author, "tandem by:cas") == [lesson.id]
    assert found(scenario.author, f"tandem before:{day_after}") == [lesson.id]
    assert found(scenario.author, "tandem city:aalst") == []
    assert found(scenario.author, "tandem by:amina") == []


def test_an_open_lesson_is_under_its_city_its_space_and_the_name_that_it_is_signed_with(scenario):
    lesson = out(scenario, title="Tandem")
    slug = scenario.space.slug
    for question in (
        "city:aalst",
        f"space:{slug}",
        "by:cas",
        "before:2199",
        "axis:solidair",
        "in:les",
        "stories",
    ):
        question = question if ":" in question else f"need:{question}"
        assert found(scenario.reader, f"tandem {question}") == [lesson.id], question
    for question in ("city:gent", "by:wout", "by:sien", "by:amina", "before:2020", "in:gesprek"):
        assert found(scenario.reader, f"tandem {question}") == [], question
    counted = answer(scenario.reader, "tandem").counts.by
    assert (counted["city"], counted["need"], counted["outcome"]) == (
        {"aalst": 1},
        {"stories": 1},
        {"worked": 1},
    )
