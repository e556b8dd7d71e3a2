"""The lessons above the talk they came of: for each reader her own, with what came of them, in one query."""

from datetime import date

from forum.domain.lessons import adoptions, lessons
from forum.domain.lessons import of_thread as crowns
from forum.models.adoptions import AdoptionOutcome
from forum.models.spaces import Audience
from tests.lesson_ground import lay


def out(ground, audience, by, title):
    """A published lesson."""
    lesson = ground.draft()
    lessons.save(
        ground.who("curator"), lesson.id, saved_count=lessons.working(lesson).saved_count, title=title
    )
    lessons.submit(ground.who("curator"), lesson.id, audience=audience)
    lessons.publish(ground.who(by), lesson.id)
    return lesson


def test_each_reader_meets_the_lessons_that_are_meant_for_her(count_queries):
    ground = lay(Audience.PUBLIC)
    out(ground, Audience.SPACE, "second", "Inside")
    between = out(ground, Audience.NETWORK, "reviewer", "Between cities")
    out(ground, Audience.PUBLIC, "editor", "For everybody")
    ground.draft()
    reporter = ground.who("reader").id
    for city, outcome in (("brugge", AdoptionOutcome.WORKED), ("genk", AdoptionOutcome.FAILED)):
        adoptions.record(
            between.id, city=city, reporter_id=reporter, outcome=outcome, reported_on=date(2026, 1, 5)
        )

    def titles(reader):
        return [crown.title for crown in crowns.lessons_of_thread(reader, ground.thread.id)]

    assert titles(None) == ["For everybody"]
    assert sorted(titles(ground.who("reader"))) == ["Between cities", "For everybody"]
    assert len(titles(ground.who("author"))) == 3
    with count_queries() as seen:
        found = {
            crown.title: crown for crown in crowns.lessons_of_thread(ground.who("reader"), ground.thread.id)
        }
    assert found["Between cities"].adoptions == [("brugge", "worked"), ("genk", "failed")]
    assert found["For everybody"].adoptions == []
    assert seen.count == 2  # she, and what she finds
