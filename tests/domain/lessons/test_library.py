"""The library: what each reader finds, and at a cost that does not grow."""

from datetime import timedelta

from forum.domain.lessons import lessons, library
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.library_choice import Choice
from forum.domain.lessons.workbench.queues import due_for_review
from forum.domain.lessons.workbench.queues.window import Window
from forum.infra import clock
from forum.models.spaces import Audience
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome
from tests import reviewed
from tests.lesson_scenario import build


def titles(page):
    return [card.title for card in page.rows]


def chosen(**values):
    """The choice of an address with these filters."""
    return Choice.of(lambda kind: [values[kind]] if kind in values else [])


def publish(scenario, audience=Audience.NETWORK, by="reviewer", **words):
    """A published lesson with some words of its own."""
    lesson = scenario.draft()
    lessons.save(
        scenario.actor("curator"), lesson.id, saved_count=lessons.working(lesson).saved_count, **words
    )
    lessons.submit(scenario.actor("curator"), lesson.id, audience=audience)
    reviewed.publish(scenario.actor(by), lesson.id)
    return lesson


def test_each_reader_finds_what_is_meant_for_her():
    scenario = build(Audience.PUBLIC)
    publish(scenario, Audience.SPACE, by="second", title="Inside")
    publish(scenario, Audience.NETWORK, title="Between cities")
    publish(scenario, Audience.PUBLIC, by="editor", title="For everybody")
    scenario.draft()
    assert titles(library.page(None)) == ["For everybody"]
    assert sorted(titles(library.page(scenario.actor("reader")))) == ["Between cities", "For everybody"]
    assert len(library.page(scenario.actor("author")).rows) == 3
    assert library.counts(None, Choice()).total == 1
    assert [card.title for card in library.newest(None)] == ["For everybody"]


def test_filters_narrow_and_count_beside_each_other():
    scenario = build()
    publish(scenario, title="One", outcome=Outcome.FAILED, needs=[Need.FACTS, Need.ACTION])
    publish(scenario, title="Two", outcome=Outcome.WORKED, axis=Axis.DENSITY)
    reader = scenario.actor("reader")
    assert titles(library.page(reader, chosen(outcome="failed"))) == ["One"]
    assert titles(library.page(reader, chosen(need="action"))) == ["One"]
    assert titles(library.page(reader, chosen(axis="kwalitatieve-densiteit", need="stories"))) == ["Two"]
    assert len(library.page(reader, chosen(city="aalst")).rows) == 2
    assert library.page(reader, chosen(city="gent")).rows == []
    assert len(library.page(reader, chosen(outcome="nonsense' --")).rows) == 2
    counts = library.counts(reader, chosen(outcome="failed"))
    assert counts.total == 1
    assert (counts.by["outcome"]["failed"], counts.by["outcome"]["worked"]) == (1, 1)
    assert (counts.by["need"]["facts"], counts.by["need"]["stories"]) == (1, 0)


def test_the_last_changed_stands_first_and_the_next_page_goes_on():
    scenario = build()
    began = clock.now() - timedelta(days=10)
    for day in range(5):
        with clock.at(began + timedelta(days=day)):
            publish(scenario, title=f"Lesson {day}")
    first = library.page(scenario.actor("reader"), limit=2)
    second = library.page(scenario.actor("reader"), limit=2, cursor=first.next_cursor)
    third = library.page(scenario.actor("reader"), limit=2, cursor=second.next_cursor)
    assert [titles(page) for page in (first, second, third)] == [
        ["Lesson 4", "Lesson 3"], ["Lesson 2", "Lesson 1"], ["Lesson 0"],
    ]  # fmt: skip
    assert third.next_cursor is None


def test_a_lesson_past_its_date_is_due_for_another_look():
    scenario = build()
    with clock.at(clock.now() - timedelta(days=600)):
        lesson = publish(scenario)
    assert [card.overdue for card in library.page(scenario.actor("reader")).rows] == [True]
    assert [card.id for card in due_for_review.of(scenario.actor("second"), Window()).items] == [lesson.id]
    assert due_for_review.of(scenario.actor("reviewer"), Window()).items == []


def test_library_and_page_ask_the_database_equally_often_however_much_there_is(count_queries):
    scenario = build(replies=3)
    reader = scenario.actor("reader")
    lesson = publish(scenario)

    def asked():
        with count_queries() as seen:
            library.page(reader)
            library.counts(reader, Choice())
            lesson_page.page(reader, lesson.public_id)
        return seen.count

    few = asked()
    for number in range(6):
        publish(scenario, title=f"Another {number}")
    assert asked() == few
    assert few <= 10
