"""Who applied a lesson, and when that confirms it."""

from forum.domain.lessons import adoptions
from forum.infra.db import db
from forum.models.spaces import Audience
from tests.lesson_scenario import build


def test_reports_from_two_other_cities_confirm_a_lesson():
    scenario = build()
    lesson = scenario.published()
    day = lesson.published_at.date()
    for city, outcome in (("gent", "failed"), ("aalst", "worked"), ("genk", "worked")):
        adoptions.record(
            lesson.id, city=city, reporter_id=scenario.reader.id, outcome=outcome, reported_on=day
        )
    assert lesson.confirmed_at is None
    adoptions.record(
        lesson.id, city="leuven", reporter_id=scenario.reader.id, outcome="adapted", reported_on=day,
        what_came="It held.", post_id=scenario.posts()[1].id,
    )  # fmt: skip
    assert lesson.confirmed_at is not None
    reports = adoptions.of_lesson(scenario.actor("reader"), lesson)
    assert [report.city for report in reports] == ["leuven", "genk", "aalst", "gent"]
    assert (reports[0].what_came, reports[0].post.number) == ("It held.", 2)
    scenario.thread.audience = Audience.SPACE
    db.session.flush()
    assert adoptions.of_lesson(scenario.actor("reader"), lesson)[0].post is None
    assert adoptions.of_lesson(None, lesson) == []
