"""When a lesson is due for another look: on its day for who knows that, for all others once the quarter is over."""

from datetime import date, timedelta

import pytest

from forum.domain.lessons import coverage, lessons, library
from forum.domain.lessons import page as lesson_page
from forum.domain.search import results
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.lessons import Lesson
from forum.models.spaces import Audience
from tests import reviewed
from tests.lesson_scenario import build

INSIDE, OUTSIDE = ("author", "second"), ("reader", "editor", "reviewer")
DAY = timedelta(days=1)


def published(*, masked):
    """A lesson for the network, with or without a source that may not be named."""
    scenario = build(Audience.SPACE if masked else Audience.NETWORK)
    lesson = scenario.draft()
    if masked:
        scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    recognised = {"recognised": False} if masked else {}
    reviewed.publish(scenario.actor("reviewer"), lesson.id, **recognised)
    return scenario, db.session.get_one(Lesson, lesson.id)


def marks(who, lesson):
    """Whether they see it as due on its page, in the library, in what they find and on the map."""
    (card,) = library.page(who).rows
    (found,) = results.answer(who, "roster", lambda _kind: []).lessons
    newest = library.newest(who)[0].overdue
    on_page = lesson_page.page(who, lesson.public_id).overdue
    cells = sum(cell.overdue for cell in coverage.of(who).all_cells)
    return {card.overdue, found.card.overdue, newest, on_page, bool(cells)}


def on(day):
    """The clock at that day of the forum."""
    return clock.at(days.end_of(day) - timedelta(hours=9))


QUARTER_ENDS = [(date(2029, 2, 10), date(2029, 4, 1)), (date(2029, 1, 1), date(2029, 4, 1)),
                (date(2029, 12, 31), date(2030, 1, 1))]  # fmt: skip


@pytest.mark.parametrize(("day", "known_from"), QUARTER_ENDS)
def test_who_reads_only_its_quarter_sees_it_due_when_that_is_over(session, day, known_from):
    scenario, lesson = published(masked=True)
    lesson.review_on = day
    db.session.flush()
    for today in sorted({day - DAY, day, day + DAY, day + 9 * DAY, known_from - DAY, known_from}):
        with on(today):
            for names, is_due in ((INSIDE, today > day), (OUTSIDE, today >= known_from)):
                for name in names:
                    assert marks(scenario.actor(name), lesson) == {is_due}, (name, today)


def test_all_who_read_a_lesson_without_a_mask_see_the_day(session):
    scenario, lesson = published(masked=False)
    lesson.review_on = date(2029, 2, 10)
    db.session.flush()
    for today, is_due in ((date(2029, 2, 10), False), (date(2029, 2, 11), True)):
        with on(today):
            for name in (*INSIDE, *OUTSIDE):
                assert marks(scenario.actor(name), lesson) == {is_due}, (name, today)


def test_the_order_of_a_search_does_not_tell_the_day_either(session):
    scenario, lesson = published(masked=True)
    lesson.review_on, lesson.changed_at = date(2029, 2, 10), clock.now()
    other = scenario.draft(text="Other words")
    scenario.agree(other)
    lessons.submit(scenario.actor("curator"), other.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), other.id, recognised=False)
    other = db.session.get_one(Lesson, other.id)
    other.review_on, other.changed_at = date(2033, 1, 1), clock.now() - DAY
    db.session.flush()

    def order(name):
        answer = results.answer(scenario.actor(name), "roster", lambda _kind: [])
        return [found.card.id for found in answer.lessons]

    for today, inside, outside in (
        (date(2029, 2, 10), [lesson.id, other.id], [lesson.id, other.id]),
        (date(2029, 2, 11), [other.id, lesson.id], [lesson.id, other.id]),
        (date(2029, 4, 1), [other.id, lesson.id], [other.id, lesson.id]),
    ):
        with on(today):
            assert (order("second"), order("reader")) == (inside, outside), today
