"""A page of the library is read by the index of its order, and a city by that of reports."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event, insert, select

from forum.domain.lessons import library
from forum.domain.lessons.library_choice import Choice
from forum.domain.lessons.library_sorts import SORTS
from forum.infra.db import db
from forum.models.adoptions import AdoptionOutcome, AdoptionReport
from forum.models.lessons import Lesson, LessonSource, LessonState, LessonVersion
from forum.models.spaces import Audience
from tests.factories import LONG_AGO
from tests.lesson_scenario import build

LESSONS, CITIES = 1500, ("gent", "genk", "leuven", "aalst", "brugge")
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}
INDEXES = {
    "latest": "ix_lesson_fresh",
    "applied": "ix_lesson_applied_in",
    "certain": "ix_lesson_certainty",
    "due": "ix_lesson_due_quarter",
}


@contextmanager
def statements():
    """What is asked, with its values."""
    seen = []

    def note(_connection, _cursor, statement, values, *_others):
        seen.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plans(seen):
    """How the database finds the rows of each statement, in lines."""
    connection = db.session.connection()
    for statement, values in list(seen):
        rows = connection.exec_driver_sql(f"{EXPLAIN[connection.dialect.name]} {statement}", values)
        yield "\n".join(str(row[-1]) for row in rows)


@pytest.fixture
def scenario(session):
    """Many lessons, every fifth of which was applied in one of the cities."""
    made = build(Audience.PUBLIC)
    first = made.published(Audience.PUBLIC, by="editor")
    rows = {model: dict(_columns(model, first.id)) for model in (Lesson, LessonVersion)}
    lessons, versions, reports = [], [], []
    for number in range(1, LESSONS):
        ids = {"id": 10_000 + number, "lesson_id": 10_000 + number}
        moment = LONG_AGO + timedelta(hours=number)
        versions.append({**rows[LessonVersion], **ids})
        lessons.append(
            rows[Lesson]
            | {"id": ids["id"], "public_id": f"les-{number}", "current_id": None, "changed_at": moment}
            | {"state": LessonState.DRAFT, "applied_in": number % 7, "certainty": number % 3}
        )
        reports.append(
            {
                "lesson_id": ids["id"],
                "city": CITIES[number % 5],
                "reporter_id": made.reader.id,
                "lights": True,
            }
            | {"outcome": AdoptionOutcome.WORKED, "reported_on": LONG_AGO.date()}
        )
    for model, of_model in ((Lesson, lessons), (LessonVersion, versions), (AdoptionReport, reports)):
        db.session.execute(insert(model), of_model)
    db.session.execute(
        sa.update(Lesson)
        .where(Lesson.id.between(10_001, 10_000 + LESSONS))
        .values(current_id=Lesson.id, state=LessonState.PUBLISHED)
    )
    assert db.session.scalar(select(LessonSource.lesson_id)) == first.id
    db.session.execute(sa.text("ANALYZE"))
    return made


def _columns(model, lesson_id):
    column = model.id if model is Lesson else model.lesson_id
    row = db.session.scalars(select(model).where(column == lesson_id)).one()
    return ((each.key, getattr(row, each.key)) for each in sa.inspect(model).column_attrs)


@pytest.mark.both_databases
def test_each_order_is_read_by_its_index_also_behind_a_page(scenario):
    for reader in (None, scenario.actor("reader"), scenario.actor("curator")):
        for sort in SORTS:
            with statements() as seen:
                page = library.page(reader, sort=sort)
                library.page(reader, sort=sort, cursor=page.next_cursor)
            assert len(page.rows) == 20
            of_pages = [plan for plan in plans(seen) if "lesson_version" in plan]
            assert len(of_pages) == 2
            for plan in of_pages:
                assert INDEXES[sort] in plan, plan
                assert "SCAN lesson_version" not in plan, plan


@pytest.mark.both_databases
def test_a_city_in_which_lessons_were_applied_is_found_by_the_index_of_reports(scenario):
    reader, chosen = scenario.actor("reader"), Choice(applied=("gent",))
    with statements() as seen:
        library.counts(reader, chosen)
        library.page(reader, chosen, sort="applied")
    of_counts, of_page = (plan for plan in plans(seen) if "lesson_version" in plan)
    by_reports = "ix_adoption_report_city_lights_lesson_id"
    assert by_reports in of_counts, of_counts
    # A page may also go down its order, asking each lesson for its reports, until it is full.
    assert by_reports in of_page or INDEXES["applied"] in of_page, of_page
