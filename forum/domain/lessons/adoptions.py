"""Who applied a lesson where, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import reduce
from typing import Any, NamedTuple

from sqlalchemy import String, func, select
from sqlalchemy import cast as as_type

from forum.domain.lessons import origin_queries, page_queries
from forum.domain.people import capacities
from forum.domain.people.bylines import Byline, speaker
from forum.infra import clock
from forum.infra.db import db
from forum.infra.statements import select_rows
from forum.models.accounts import Capacity
from forum.models.adoptions import AdoptionOutcome, AdoptionReport
from forum.models.lessons import Lesson
from forum.models.spaces import Space
from forum.policy.actors import Actor
from forum.policy.readers import reader_values

Pair = tuple[str, str]  # a city and what came of it
ENOUGH = 2  # other cities in which it went well; then a lesson is confirmed
WELL = frozenset({AdoptionOutcome.WORKED, AdoptionOutcome.ADAPTED, AdoptionOutcome.PARTLY})


@dataclass(frozen=True, slots=True)
class PostLink:
    """Where a report was written in a thread, for a reader who may see that thread."""

    id: int
    slug: str
    number: int


@dataclass(frozen=True, slots=True)
class Adoption:
    """One report on the page of a lesson."""

    city: str
    outcome: str
    by: Byline
    reported_on: date
    what_changed: str
    what_came: str
    post: PostLink | None
    lights: bool = True  # it counts, and for the one city that its reporter lights in this lesson


def of_lesson(reader: Actor | None, lesson: Lesson) -> list[Adoption]:
    """Return the reports on a lesson that the reader may see, the latest first (one query)."""
    values = {**reader_values(reader), "lesson_id": lesson.id}
    rows = select_rows(page_queries.adoptions(reader is not None), values).all()
    lit = {row.id for row in lighting(reversed(rows))}
    return [
        Adoption(
            city=row.city,
            outcome=row.outcome.value,
            by=speaker(row, said_at=datetime.combine(row.reported_on, time(), UTC)),
            reported_on=row.reported_on,
            what_changed=row.what_changed,
            what_came=row.what_came,
            post=PostLink(row.thread_id, row.slug, row.number) if row.thread_id is not None else None,
            lights=row.id in lit,
        )
        for row in rows
    ]


def written(lesson_id: Any) -> Any:
    """Return the reports of a lesson that count as one text, for a query of lessons that their reader may see.

    Read it with `pairs`: then the lessons need no query of their own for them.
    """
    fields = (AdoptionReport.reported_on, AdoptionReport.id, AdoptionReport.reporter_id, AdoptionReport.city)
    words: list[Any] = [as_type(each, String) for each in (*fields, AdoptionReport.outcome)]
    report = reduce(lambda before, word: before.concat(" ").concat(word), words)
    query = (
        select(func.aggregate_strings(report, "\n"))
        .outerjoin(Capacity, Capacity.id == AdoptionReport.capacity_id)
        .where(AdoptionReport.lesson_id == lesson_id, page_queries.COUNTS)
    )
    return query.correlate(Lesson).scalar_subquery().label("reports")


def pairs(reports: str | None) -> list[Pair]:
    """Return the cities that applied a lesson with what came of it, from old to new, from what is `written`."""
    lines = [line.split(" ") for line in (reports or "").splitlines()]
    found = [_Report(day, int(one), int(by), city, outcome) for day, one, by, city, outcome in lines]
    return [(report.city, report.outcome) for report in lighting(sorted(found))]


class _Report(NamedTuple):
    """A report that counts, in the order in which it was made."""

    day: str
    id: int
    reporter_id: int
    city: str
    outcome: str
    lesson_id: int = 0
    counts: bool = True


def lighting(reports: Iterable[Any]) -> list[Any]:
    """Return those of some reports, from old to new, that light their city: of each person in a lesson for one only.

    That is the city of the first that counts. Rows with `page_queries.REPORT`.
    """
    city_of: dict[tuple[int, int], str] = {}
    return [
        report
        for report in reports
        if report.counts
        and city_of.setdefault((report.lesson_id, report.reporter_id), report.city) == report.city
    ]


def record(
    lesson_id: int,
    *,
    city: str,
    reporter_id: int,
    outcome: AdoptionOutcome,
    reported_on: date,
    what_changed: str = "",
    what_came: str = "",
    post_id: int | None = None,
    capacity_id: int | None = None,
) -> AdoptionReport:
    """Store a report (system verb); a lesson that went well in two other cities is confirmed from then on."""
    spoke_as = capacities.current(reporter_id, reported_on)
    capacity_id = capacity_id or (spoke_as.id if spoke_as else None)
    # Held first: whoever confirms the capacity meanwhile, or reports on the lesson too, comes after this or before it.
    db.session.execute(select(Capacity.id).where(Capacity.id == capacity_id).with_for_update(read=True))
    db.session.execute(select(Lesson.id).where(Lesson.id == lesson_id).with_for_update())
    report = AdoptionReport(
        lesson_id=lesson_id,
        city=city,
        reporter_id=reporter_id,
        capacity_id=capacity_id,
        outcome=AdoptionOutcome(outcome),
        what_changed=what_changed,
        what_came=what_came,
        reported_on=reported_on,
        post_id=post_id,
    )
    db.session.add(report)
    db.session.flush()
    _confirm(lesson_id)
    return report


def confirm_again(capacity_id: int) -> None:
    """Look anew at the lessons on which somebody reported in a capacity that counts from now on (system verb)."""
    reported = select(AdoptionReport.lesson_id).where(AdoptionReport.capacity_id == capacity_id).distinct()
    for lesson_id in db.session.scalars(reported.order_by(AdoptionReport.lesson_id)).all():
        _confirm(lesson_id)


def _confirm(lesson_id: int) -> None:
    lesson = db.session.get_one(Lesson, lesson_id, with_for_update=True)
    if lesson.confirmed_at is not None:
        return
    masked, home = db.session.execute(
        select(origin_queries.is_masked(), Space.city)
        .select_from(Lesson)
        .join(Space, Space.id == Lesson.space_id)
        .where(Lesson.id == lesson_id)
    ).one()
    reports = select(*page_queries.REPORT, AdoptionReport.outcome).outerjoin(
        Capacity, Capacity.id == AdoptionReport.capacity_id
    )
    rows = db.session.execute(
        reports.where(AdoptionReport.lesson_id == lesson_id).order_by(
            AdoptionReport.reported_on, AdoptionReport.id
        )
    )
    if confirming(rows, home=home, masked=masked) is not None:
        lesson.confirmed_at = clock.now()
        db.session.flush()


def confirming(reports: Iterable[Any], *, home: str | None, masked: bool) -> Any | None:
    """Return the report with which a lesson of that city is confirmed, of all from old to new; None while too few are.

    Rows as for `lighting`, with their `outcome`. One person is one witness, for one city; that of the lesson is none.
    """
    # To leave its own city out of a masked lesson would tell which one it is: of any three cities, two are others.
    enough = ENOUGH + 1 if masked else ENOUGH
    cities: set[str] = set()
    for report in lighting(reports):
        if report.outcome in WELL and (masked or report.city != home):
            cities.add(report.city)
            if len(cities) == enough:
                return report
    return None
