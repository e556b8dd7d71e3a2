"""The map counts what its reader may see, and each cell as many as the list to which it leads, for every reader."""

from dataclasses import replace
from datetime import timedelta

import pytest

from forum.domain.lessons import coverage, lessons, library, of_thread
from forum.domain.lessons.library_choice import Choice as LessonChoice
from forum.domain.threads import overview
from forum.domain.threads.overview import Choice
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from tests import reviewed
from tests.domain.lessons import read_anew
from tests.domain.syndication.test_sitemap import masked_lesson
from tests.factories import actor, make_member, make_space, make_thread
from tests.lesson_scenario import FULL, build


def published(scenario, audience, by, **over):
    """A lesson with other fields than usual."""
    lesson = scenario.draft()
    saved = lessons.working(lesson).saved_count
    lessons.save(scenario.actor("curator"), lesson.id, saved_count=saved, **(FULL | over))
    lessons.submit(scenario.actor("curator"), lesson.id, audience=audience)
    reviewed.publish(scenario.actor(by), lesson.id)
    return lesson


@pytest.fixture
def scenario(session):
    """Lessons and threads of every audience, about several axes and needs."""
    made = build(Audience.PUBLIC)
    published(made, Audience.PUBLIC, "editor", needs=[Need.STORIES, Need.FACTS])
    published(made, Audience.NETWORK, "reviewer", axis=Axis.DENSITY, needs=[Need.ACTION])
    inside = published(made, Audience.SPACE, "second", axis=Axis.DENSITY, needs=[Need.ACTION])
    inside.review_on = days.today() - timedelta(days=1)
    for number, audience in enumerate((Audience.PUBLIC, Audience.NETWORK, Audience.SPACE)):
        for _time in range(number + 1):
            make_thread(made.space, made.author, audience=audience, axis=Axis.STRATEGY, need=Need.DISCUSSION)
    make_thread(made.space, made.author, audience=Audience.PUBLIC, axis=None, need=Need.FACTS)
    answered = make_thread(
        made.space, made.author, audience=Audience.PUBLIC, axis=Axis.STRATEGY, need=Need.DISCUSSION
    )
    answered.answered_at = clock.now()
    taken = make_thread(
        made.space, made.author, audience=Audience.PUBLIC, axis=Axis.STRATEGY, need=Need.FACTS
    )
    taken.withdrawn_at = clock.now()
    made.masked = masked_lesson()
    db.session.flush()
    return made


def readers(scenario):
    """Five kinds of them."""
    guest = make_member("Hanne", space=make_space("Elsewhere"), role=Role.GUEST)
    return {
        "visitor": None,
        "guest elsewhere": actor(guest),
        "member elsewhere": scenario.actor("reader"),
        "member": scenario.actor("author"),
        "moderator": scenario.actor("curator"),
    }


def listed(reader, cell, city=None):
    """How many lessons, threads and unanswered ones the lists have to which a cell leads."""
    one = library.page(
        reader, LessonChoice(axis=(cell.axis,), need=(cell.need,), city=(city,) if city else ()), limit=100
    )
    choice = Choice(axis=(cell.axis,), need=(cell.need,), lesson=("without",), city=(city,) if city else ())
    unanswered = replace(choice, state=("unanswered",))
    numbers = (len(overview.page(reader, each, of_thread, limit=100).rows) for each in (choice, unanswered))
    return len(one.rows), *numbers


@pytest.mark.parametrize("city", [None, "aalst", "gent"])
def test_each_cell_counts_what_its_lists_show_to_five_readers(scenario, city):
    totals = {}
    for name, reader in readers(scenario).items():
        found = coverage.of(reader, city)
        for cell in found.all_cells:
            assert (cell.lessons, cell.threads, cell.unanswered) == listed(reader, cell, city), (name, cell)
        chosen = library.counts(reader, LessonChoice(city=(city,) if city else ()))
        assert found.lessons == chosen.total, name
        totals[name] = (found.lessons, found.threads)
    assert len(set(totals.values())) > (0 if city == "gent" else 1), totals


@pytest.mark.both_databases
@pytest.mark.parametrize("city", [None, "aalst"])
def test_each_number_is_what_reading_everything_finds_for_five_readers(scenario, city):
    people = readers(scenario) | {"editor": scenario.actor("editor")}
    for name, reader in people.items():
        found = {
            (cell.axis, cell.need, kind): number
            for cell in coverage.of(reader, city).all_cells
            for kind in ("lessons", "overdue", "threads", "unanswered")
            if (number := getattr(cell, kind))
        }
        expected = {key: number for key, number in read_anew.coverage(reader, city).items() if key[0]}
        assert found == expected, name


def test_a_reader_gets_the_closed_ones_only_where_they_belong(scenario):
    found = {name: coverage.of(reader) for name, reader in readers(scenario).items()}
    strategy = {name: one.cells[Axis.STRATEGY][Need.DISCUSSION].threads for name, one in found.items()}
    assert strategy == {
        "visitor": 2,
        "guest elsewhere": 2,
        "member elsewhere": 4,
        "member": 7,
        "moderator": 7,
    }
    unanswered = [one.cells[Axis.STRATEGY][Need.DISCUSSION].unanswered for one in found.values()]
    assert unanswered == [1, 1, 3, 6, 6]
    density = {name: one.cells[Axis.DENSITY][Need.ACTION] for name, one in found.items()}
    assert {name: (cell.lessons, cell.overdue) for name, cell in density.items()} == {
        "visitor": (0, 0), "guest elsewhere": (0, 0), "member elsewhere": (1, 0), "member": (2, 1), "moderator": (2, 1),
    }  # fmt: skip
    assert found["visitor"].cells[Axis.STRATEGY][Need.FACTS].is_empty  # taken back
    assert found["visitor"].gaps == sum(cell.is_empty for cell in found["visitor"].all_cells)


def test_a_masked_lesson_is_of_no_city(scenario):
    everywhere, there = coverage.of(None), coverage.of(None, "aalst")
    cell = everywhere.cells[Axis.SOLIDARITY][Need.STORIES]
    assert cell.lessons == 2  # the one with names, and the one without
    assert there.cells[Axis.SOLIDARITY][Need.STORIES].lessons == 1


def test_it_asks_twice_and_counts_so_many_of_the_newest_threads(scenario, monkeypatch):
    reader = scenario.actor("author")
    with count_queries() as counted:
        found = coverage.of(reader)
    assert (counted.count, found.may_be_more) == (2, False)
    monkeypatch.setattr(coverage, "MOST", 4)
    found = coverage.of(reader)
    assert (found.threads, found.may_be_more) == (5, True)
    assert len(found.asked) == coverage.ASKED
