"""By what of their origin published lessons may be found: what `origin` lets a reader know of it, and nothing else.

Conditions for queries on a Lesson with its current version; the parameters are filled in when they run. Whose origin is
kept from a reader stands under no space and no name, and under quarters instead of days; it is due for another look
from the quarter after that of its day.
"""

from datetime import date, datetime, time
from typing import Any, cast

from sqlalchemy import ColumnElement, Date, Integer, Select, Text, and_, bindparam, not_, or_, select
from sqlalchemy import cast as sql_cast

from forum.domain.lessons import earlier_curators, origin
from forum.domain.lessons.masking import known_day
from forum.domain.lessons.origin_queries import is_hidden
from forum.domain.people import found_by
from forum.infra import days
from forum.infra.db import Moment
from forum.infra.in_lists import in_list
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member
from forum.models.lessons import Lesson, LessonSource, LessonVersion
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import Reader, sees

# Asked each time that a statement runs, also one that was built long before.
_TODAY = bindparam("this_day", callable_=days.today, type_=Date)
_THIS_QUARTER = bindparam("this_quarter", callable_=lambda: due_before(hidden=True), type_=Date)


def due_before(*, hidden: bool) -> date:
    """Return the day before which a lesson had to be looked at again for readers to know today that it is due.

    `hidden`: they know the quarter alone, which is over first. Pages ask this, queries `is_due`.
    """
    return known_day(days.today(), hidden=hidden)


def is_overdue(lesson: Lesson, *, hidden: bool) -> bool:
    """Return whether a lesson is due for another look, as far as its reader may know that."""
    return lesson.review_on is not None and lesson.review_on < due_before(hidden=hidden)


def is_due(reader: Reader | None) -> ColumnElement[bool]:
    """Return whether the reader knows that a lesson is due for another look; null where no day was chosen."""
    on = Lesson.review_on
    return or_(on < _THIS_QUARTER, and_(on < _TODAY, not_(is_hidden(reader))))


def from_space(reader: Reader | None) -> ColumnElement[bool]:
    """Return whether a lesson may stand under the space `space_id`.

    It may where the reader knows its origin and may see every thread behind it: one that left a closed thread by
    consent must not be found back under the name of its space.
    """
    unseen = (
        select(LessonSource.lesson_id)
        .join(Thread, Thread.id == LessonSource.thread_id)
        .where(LessonSource.lesson_id == Lesson.id, not_(sees(Thread, reader)))
    )
    return and_(origin.listed_in(bindparam("space_id", type_=Integer), reader), ~unseen.exists())


def columns_known(reader: Reader | None) -> tuple[Any, ...]:
    """Return the columns from which `Known` says how a lesson stands: what is kept from the reader is asked once."""
    return (Lesson.review_on, Lesson.space_id, is_hidden(reader).label("is_hidden"))


class Known:
    """How lessons of rows with the columns of `columns_known` stand to their reader, today."""

    def __init__(self, reader: Actor | None) -> None:
        self._own = reader.roles if reader else {}
        self._due_before = {hidden: due_before(hidden=hidden) for hidden in (False, True)}

    def is_due(self, row: Any) -> bool:
        """Return whether the reader knows that it is due for another look."""
        return row.review_on is not None and row.review_on < self._due_before[row.is_hidden]

    def is_own(self, row: Any) -> bool:
        """Return whether it is known to the reader to come from a space of theirs."""
        return row.space_id in self._own and not row.is_hidden


def published_before(reader: Reader | None) -> ColumnElement[bool]:
    """Return whether readers know that the current version was published before: see `values_before`."""
    known, quarter = (bindparam(name, type_=Moment) for name in ("before", "before_quarter"))
    at = LessonVersion.published_at
    return or_(at < quarter, and_(at < known, not_(is_hidden(reader))))


def values_before(moment: datetime) -> dict[str, Any]:
    """Return the parameters of `published_before`: a moment, and the beginning of its quarter."""
    day = days.day_of(moment)
    first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return {"before": moment, "before_quarter": datetime.combine(first, time(0), tzinfo=days.zone_of(None))}


def signed_by(reader: Actor | None, words: list[str]) -> list[int]:
    """Return the ids of lessons that readers get under the name of somebody whose name has all these words.

    One query, and one more where lessons were handed over.
    """
    values = {**reader_values(reader), **found_by.values_of_name(words)}
    rows = select_rows(_made(reader is not None, len(words)), values).all()
    called = {row.curator_id for row in rows if row.is_called}
    makers = {row.id: earlier_curators.at(row, row.sealed_at) for row in rows}
    unknown = set(makers.values()) - called - {row.curator_id for row in rows}
    if unknown:
        called |= set(select_rows(_named(len(words)), {**values, "ids": sorted(unknown)}).scalars())
    return [lesson_id for lesson_id, maker in makers.items() if maker in called]


@cached
def _made(signed_in: bool, count: int) -> Select[Any]:
    """Who made the lessons whose makers the reader knows: those of somebody so called, and those handed over."""
    called = found_by.is_named(Lesson.curator_id, count)
    reader = reader_param(signed_in)
    query: Any = (
        select(
            Lesson.id,
            Lesson.curator_id,
            Lesson.earlier_curators,
            LessonVersion.sealed_at,
            called.label("is_called"),
        )
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(sees(Lesson, reader), not_(is_hidden(reader)))
        .where(or_(called, sql_cast(Lesson.earlier_curators, Text) != "[]"))
    )
    return cast(Select[Any], query)


@cached
def _named(count: int) -> Select[Any]:
    return select(Member.id).where(in_list(Member.id, "ids"), found_by.is_named(Member.id, count))
