"""The columns that every queue of the desk has, so that one UNION ALL finds what waits, and orders it by its promise.

def waiting(actor, space_ids):
    return Columns(kind="held", item_id=HeldPost.id, …).select().join(…).where(sees(Thread, actor), …)
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Select, String, case, func, literal, null, select, type_coerce
from sqlalchemy import cast as as_type

from forum.infra import days, workdays
from forum.infra.db import Moment

WORDS_MAX = 240  # of what stands in a row; all of it is read for the one that is open
# What waits longer is late whatever was promised: it stands in the order in which it came.
REMEMBERED = timedelta(days=40)
CUT_OFF = time(16)  # what comes later on a day is promised for the next one
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What each column of a queue holds: a column, an expression, or a value; None is what it has not."""

    kind: str  # the stable name of the queue
    item_id: Any
    space_id: Any
    due_at: Any  # until when an answer was promised, never null: see the functions below
    since_at: Any
    thread_id: Any = None
    post_number: Any = None
    title: Any = ""
    who: Any = ""  # a name
    words: Any = ""  # the first of them are taken

    def select(self) -> Select[Any]:
        """Return the query of these columns, with their types: what it is from, and where, is for the queue."""
        query: Any = select(
            *(_TYPED[one.name](getattr(self, one.name)).label(one.name) for one in fields(self))
        )
        return cast(Select[Any], query)


def at_once(since_at: Any) -> Any:
    """Return when it is due: at the moment itself."""
    return type_coerce(since_at, Moment)


def in_workdays(since_at: Any, number: int) -> ColumnElement[Any]:
    """Return when it is due: the end of the day that is so many working days after it."""
    return _stepwise(since_at, number, _end_of_workday)


def in_days(since_at: Any, number: int) -> ColumnElement[Any]:
    """Return when it is due: the end of the day that is so many days after it."""
    return _stepwise(since_at, number, _end_of_day)


def unpromised() -> ColumnElement[Any]:
    """Return a moment after all that was promised: for what is good to do and nobody waits for."""
    return literal(days.end_of(days.today() + REMEMBERED), Moment)


def same_day(since_at: Any) -> ColumnElement[Any]:
    """Return when it is due: the end of that day, and of the next working day for what came too late for it."""
    return _stepwise(since_at, 0, _end_of_same_day, CUT_OFF)


def _end_of_workday(day: date, number: int) -> datetime:
    return days.end_of(workdays.after(day, number))


def _end_of_day(day: date, number: int) -> datetime:
    return days.end_of(day + DAY * number)


def _end_of_same_day(day: date, _number: int) -> datetime:
    return days.end_of(day if workdays.is_workday(day) else workdays.after(day, 1))


def _stepwise(
    since_at: Any, number: int, due_of: Callable[[date, int], datetime], ends: time | None = None
) -> ColumnElement[Any]:
    """The promise as a CASE over the days of late: SQL does not know the holidays of Belgium."""
    steps = _steps(days.today(), days.forum_zone(), number, due_of, ends)
    return case(
        (since_at < steps[0][0], type_coerce(since_at, Moment)),
        *((since_at < until, literal(due, Moment)) for until, due in steps[1:-1]),
        else_=literal(steps[-1][1], Moment),
    )


@lru_cache(maxsize=64)
def _steps(
    today: date, zone: str, number: int, due_of: Callable[[date, int], datetime], ends: time | None
) -> list[tuple[datetime, datetime]]:
    """Until which moment something came for it to be due at which; days with the same promise are one step."""
    found: list[tuple[datetime, datetime]] = []
    for number_of_day in range(REMEMBERED.days + 2):
        day = today - REMEMBERED + DAY * number_of_day
        until = datetime.combine(day, ends, tzinfo=days.zone_of(zone)) if ends else days.end_of(day)
        due = due_of(day, number)
        if found and found[-1][1] == due:
            found[-1] = (until, due)
        else:
            found.append((until, due))
    return found


def _moment(value: Any) -> ColumnElement[Any]:
    return cast(ColumnElement[Any], type_coerce(value, Moment))


def _number(value: Any) -> ColumnElement[Any]:
    return as_type(null(), Integer) if value is None else type_coerce(value, Integer)


def _text(value: Any) -> ColumnElement[Any]:
    if isinstance(value, str):
        return as_type(literal(value, String), String)
    return func.coalesce(as_type(value, String), "")


def _words(value: Any) -> ColumnElement[Any]:
    return func.substr(_text(value), 1, WORDS_MAX)


_TYPED: dict[str, Callable[[Any], ColumnElement[Any]]] = {
    "kind": _text,
    "item_id": _number,
    "space_id": _number,
    "due_at": _moment,
    "since_at": _moment,
    "thread_id": _number,
    "post_number": _number,
    "title": _text,
    "who": _text,
    "words": _words,
}
