"""What there is for each axis and need, and what lacks: lessons, and threads without one, as the lists count them.

Nothing is ranked. A lesson is of the cities that its readers may know, as everywhere (`origin.CITIES`), so one with a
masked source is of no city.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Date, Select, bindparam, case, func, select

from forum.domain.lessons import library, of_thread
from forum.domain.lessons.library import Choice as LessonChoice
from forum.domain.threads import overview, overview_queries
from forum.domain.threads.list_queries import KEYS
from forum.domain.threads.overview_counts import MOST
from forum.infra import days
from forum.infra.columns import code, codes, read_codes
from forum.infra.statements import cached, select_rows
from forum.models.lessons import Lesson, LessonVersion
from forum.models.themes import Axis, Need
from forum.models.threads import Thread
from forum.policy import readers
from forum.policy.actors import Actor
from forum.policy.visibility import sees


@dataclass(slots=True)
class Cell:
    """What there is for one need about one axis; of the `lessons` so many are to be looked at again."""

    axis: str
    need: str
    lessons: int = 0
    overdue: int = 0
    threads: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nobody asked or told anything there that the reader may see."""
        return not (self.lessons or self.threads)


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
    values = {**readers.reader_values(reader), "today": days.today()}
    for row in select_rows(_lessons(reader is not None, LessonChoice(city=city)), values):
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
        found.threads += row.number
        if row.axis is not None:
            found.cells[row.axis][row.need].threads = row.number
    found.may_be_more = found.threads > MOST


@cached
def _lessons(signed_in: bool, choice: LessonChoice) -> Select[Any]:
    """How many lessons there are for each axis and set of needs, and how many of them are past their day."""
    is_past = Lesson.review_on < bindparam("today", type_=Date)
    needs = codes(LessonVersion.needs)
    query: Any = (
        select(
            code(LessonVersion.axis),
            needs,
            func.count().label("number"),
            func.sum(case((is_past, 1), else_=0)).label("overdue"),
        )
        .select_from(Lesson)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(Lesson.current_id.is_not(None), sees(Lesson, readers.reader_param(signed_in)))
        .where(*library.conditions(choice))
        .group_by(LessonVersion.axis, needs)
    )
    return cast(Select[Any], query)


@cached
def _threads(signed_in: bool, shape: overview_queries.Shape, most: int) -> Select[Any]:
    """The newest threads without a lesson, one more than are counted, by axis and need."""
    moment, number = KEYS
    newest = (
        select(code(Thread.axis), code(Thread.need))
        .where(*overview_queries.conditions(readers.reader_param(signed_in), shape, of_thread))
        .order_by(moment.desc(), number.desc())
        .limit(most + 1)
        .subquery("newest")
    )
    query: Any = select(newest.c.axis, newest.c.need, func.count().label("number"))
    return cast(Select[Any], query.group_by(newest.c.axis, newest.c.need))
