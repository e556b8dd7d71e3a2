"""What there is for each axis and need, and what lacks: lessons, threads without one, and questions without an answer.

Nothing is ranked. A lesson is of the cities that its readers may know, as everywhere (`origin.CITIES`), so one with a
masked source is of no city.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Select, case, func, literal, select, union_all

from forum.domain.lessons import of_thread, origin_filters
from forum.domain.lessons.library_choice import Choice as LessonChoice
from forum.domain.lessons.library_choice import conditions
from forum.domain.lessons.listed import listed
from forum.domain.threads import overview, overview_queries
from forum.domain.threads.list_queries import FILTERS, KEYS
from forum.domain.threads.overview_counts import MOST
from forum.infra.columns import code, codes, read_codes
from forum.infra.statements import cached, select_rows
from forum.models.lessons import Lesson, LessonVersion
from forum.models.themes import Axis, Need
from forum.models.threads import Thread
from forum.policy import readers
from forum.policy.actors import Actor
from forum.policy.visibility import sees

ASKED = 3  # questions without an answer that stand below the map by their titles


@dataclass(slots=True)
class Cell:
    """What there is for one need about one axis.

    Of the `lessons` so many are to be looked at again, of the threads without one so many have no answer yet.
    """

    axis: str
    need: str
    lessons: int = 0
    overdue: int = 0
    threads: int = 0
    unanswered: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nobody asked or told anything there that the reader may see."""
        return not (self.lessons or self.threads)


@dataclass(frozen=True, slots=True)
class Asked:
    """A thread without a lesson that nobody answered yet."""

    id: int
    slug: str
    title: str
    axis: str | None
    need: str


@dataclass(slots=True)
class Coverage:
    """The cells by axis and need, and how many lessons and threads without one there are in all.

    A lesson for two needs is in two cells, a thread about no axis yet in none. Of threads the newest MOST are counted:
    `may_be_more` where there are others.
    """

    cells: dict[str, dict[str, Cell]] = field(
        default_factory=lambda: {axis: {need: Cell(axis, need) for need in Need} for axis in Axis}
    )
    lessons: int = 0
    threads: int = 0
    unanswered: int = 0
    asked: list[Asked] = field(default_factory=list)  # the newest of those
    may_be_more: bool = False

    @property
    def all_cells(self) -> list[Cell]:
        """Every cell, axis by axis."""
        return [cell for of_axis in self.cells.values() for cell in of_axis.values()]

    @property
    def gaps(self) -> int:
        """How many cells are empty."""
        return sum(cell.is_empty for cell in self.all_cells)


def of(reader: Actor | None, city: str | None = None) -> Coverage:
    """Return what the reader may see, of one city alone where its code is given (two queries)."""
    found = Coverage()
    query = _lessons(reader is not None, LessonChoice(city=(city,) if city else ()))
    for row in select_rows(query, readers.reader_values(reader)):
        found.lessons += row.number
        for need in set(read_codes(row.needs)):
            cell = found.cells[row.axis][need]
            cell.lessons += row.number
            cell.overdue += row.overdue
    _count_threads(reader, city, found)
    return found


def _count_threads(reader: Actor | None, city: str | None, found: Coverage) -> None:
    choice = overview.Choice(lesson=("without",), city=(city,) if city else ())
    query = _threads(reader is not None, choice.shape, MOST)
    for row in select_rows(query, {**readers.reader_values(reader), **choice.parameters}):
        if row.id:
            found.asked.append(Asked(row.id, row.slug, row.title, row.axis, row.need))
            continue
        found.threads += row.number
        found.unanswered += row.unanswered
        if row.axis is not None:
            cell = found.cells[row.axis][row.need]
            cell.threads, cell.unanswered = row.number, row.unanswered
    found.may_be_more = found.threads > MOST


@cached
def _lessons(signed_in: bool, choice: LessonChoice) -> Select[Any]:
    """How many lessons there are for each axis and set of needs, and how many of them are due for another look."""
    reader = readers.reader_param(signed_in)
    needs = codes(LessonVersion.needs)
    query: Any = (
        select(
            code(LessonVersion.axis),
            needs,
            func.count().label("number"),
            func.sum(case((origin_filters.is_due(reader), 1), else_=0)).label("overdue"),
        )
        .select_from(Lesson)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(listed(), sees(Lesson, reader))
        .where(*conditions(choice).values())
        .group_by(LessonVersion.axis, needs)
    )
    return cast(Select[Any], query)


@cached
def _threads(signed_in: bool, shape: overview_queries.Shape, most: int) -> Select[Any]:
    """The newest threads without a lesson, one more than are counted, by axis and need; and the first unanswered."""
    moment, number = KEYS
    columns = (moment, number, Thread.slug, Thread.title, code(Thread.axis), code(Thread.need))
    newest = (
        select(*columns, FILTERS["open"].label("unanswered"))
        .where(*overview_queries.conditions(readers.reader_param(signed_in), shape, of_thread))
        .order_by(moment.desc(), number.desc())
        .limit(most + 1)
        .cte("newest")
        .c
    )
    numbers = (func.count().label("number"), func.count().filter(newest.unanswered).label("unanswered"))
    none: Any = (literal(0).label("id"), literal("").label("slug"), literal("").label("title"))
    of_cells: Any = select(newest.axis, newest.need, *numbers, *none).group_by(newest.axis, newest.need)
    no_number = (literal(0).label("number"), literal(0).label("unanswered"))
    asked = (
        select(newest.axis, newest.need, *no_number, newest.id, newest.slug, newest.title)
        .where(newest.unanswered)
        .order_by(newest.last_post_at.desc(), newest.id.desc())
        .limit(ASKED)
        .subquery("asked")
    )
    return cast(Select[Any], union_all(of_cells, select(asked)))
