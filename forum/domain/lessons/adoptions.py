"""Who applied a lesson where, and what came of it."""

from collections.abc import Iterable
from functools import reduce
from typing import Any, NamedTuple

from sqlalchemy import String, func, select
from sqlalchemy import cast as as_type

from forum.models.adoptions import AdoptionReport
from forum.models.lessons import Lesson

Pair = tuple[str, str]  # a city and what came of it


def written(lesson_id: Any) -> Any:
    """Return the reports of a lesson that light their city as one text, for a query of lessons that their reader sees.

    Read it with `pairs`: then the lessons need no query of their own for them.
    """
    fields = (AdoptionReport.reported_on, AdoptionReport.id, AdoptionReport.city, AdoptionReport.outcome)
    words: list[Any] = [as_type(each, String) for each in fields]
    report = reduce(lambda before, word: before.concat(" ").concat(word), words)
    query = select(func.aggregate_strings(report, "\n")).where(
        AdoptionReport.lesson_id == lesson_id, AdoptionReport.lights
    )
    return query.correlate(Lesson).scalar_subquery().label("reports")


def pairs(reports: str | None) -> list[Pair]:
    """Return the cities that applied a lesson with what came of it, from old to new, from what is `written`."""
    lines = [line.split(" ") for line in (reports or "").splitlines()]
    found = [_Report(day, int(one), city, outcome) for day, one, city, outcome in lines]
    return [(report.city, report.outcome) for report in sorted(found)]


class _Report(NamedTuple):
    """A report that lights its city, in the order in which it was made."""

    day: str
    id: int
    city: str
    outcome: str


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
