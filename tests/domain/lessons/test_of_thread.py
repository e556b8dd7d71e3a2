"""The lessons above the thread they came of: for each reader her own, with what came of them, in one query."""

from datetime import date

from forum.domain.lessons import lessons, of_thread, reports
from forum.models.adoptions import AdoptionOutcome
from forum.models.spaces import Audience
from tests import reviewed
from tests.factories import make_member
from tests.lesson_scenario import build


def publish(scenario, audience, by, title):
    """A published lesson."""
    lesson = scenario.draft()
    lessons.save(
        scenario.actor("curator"), lesson.id, saved_count=lessons.working(lesson).saved_count, title=title
    )
    lessons.submit(scenario.actor("curator"), lesson.id, audience=audience)
    reviewed.publish(scenario.actor(by), lesson.id)
    return lesson


def test_each_reader_meets_the_lessons_that_are_meant_for_her(count_queries):
    scenario = build(Audience.PUBLIC)
    publish(scenario, Audience.SPACE, "second", "Inside")
    between = publish(scenario, Audience.NETWORK, "reviewer", "Between cities")
    publish(scenario, Audience.PUBLIC, "editor", "For everybody")
    scenario.draft()
    for city, outcome in (("brugge", AdoptionOutcome.WORKED), ("genk", AdoptionOutcome.FAILED)):
        reporter = make_member("Kim", city=city)
        reports.record(
            between.id, city=city, reporter_id=reporter.id, outcome=outcome, reported_on=date(2026, 1, 5)
        )

    def titles(reader):
        return [row.title for row in of_thread.lessons_of_thread(reader, scenario.thread.id)]

    assert titles(None) == ["For everybody"]
    assert sorted(titles(scenario.actor("reader"))) == ["Between cities", "For everybody"]
    assert len(titles(scenario.actor("author"))) == 3
    with count_queries() as seen:
        found = {
            row.title: row
            for row in of_thread.lessons_of_thread(scenario.actor("reader"), scenario.thread.id)
        }
    assert found["Between cities"].adoptions == [("brugge", "worked"), ("genk", "failed")]
    assert found["For everybody"].adoptions == []
    assert seen.count == 2  # she, and what she finds
