"""The library: lessons as cards, by axis, need, outcome and city, each only for readers who may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Text, and_, case, func, select, true
from sqlalchemy import cast as sql_cast

from forum.domain.lessons import adoptions, library_counts, origin, origin_filters
from forum.infra import days
from forum.infra.columns import code, codes, read_codes
from forum.infra.paging import Page, keyset
from forum.infra.statements import cached, select_rows
from forum.models.cities import BY_CODE
from forum.models.lessons import Lesson, LessonVersion
from forum.models.library import LibraryCount
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome
from forum.policy import readers
from forum.policy.actors import Actor
from forum.policy.visibility import sees

OUTCOMES = tuple(outcome for outcome in Outcome if outcome != Outcome.RUNNING)


@dataclass(frozen=True, slots=True)
class LessonCard:
    """A lesson in a list: what its readers get of the current version."""

    id: int
    public_id: str
    title: str
    one_sentence: str
    outcome: str
    axis: str
    confidence: str
    confirmed: bool
    overdue: bool
    cities_back: tuple[str, ...]
    masked: bool
    adoptions: list[adoptions.Pair]


@dataclass(frozen=True, slots=True)
class Choice:
    """The filters that somebody chose; unknown values are left out, as in an address typed by hand."""

    axis: str | None = None
    need: str | None = None
    outcome: str | None = None
    city: str | None = None

    @classmethod
    def of(cls, **values: str | None) -> "Choice":
        """Return a choice of the known ones among these values."""
        return cls(**{name: value for name, value in values.items() if value in KNOWN[name]})


@dataclass(frozen=True, slots=True)
class Counts:
    """How many lessons there are, and how many each filter would show with the other chosen filters."""

    total: int
    by: dict[str, dict[str, int]] = field(default_factory=dict)


KNOWN: dict[str, tuple[str, ...]] = {
    "axis": tuple(Axis),
    "need": tuple(Need),
    "outcome": OUTCOMES,
    "city": tuple(BY_CODE),
}


def page(
    reader: Actor | None,
    *,
    axis: str | None = None,
    need: str | None = None,
    outcome: str | None = None,
    city: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[LessonCard]:
    """Return lessons that the reader may see, the latest changed first."""
    choice = Choice.of(axis=axis, need=need, outcome=outcome, city=city)
    query = _cards(reader is not None, choice)
    parameters = readers.reader_values(reader)
    rows, next_cursor = keyset(
        query,
        keys=origin.LATEST,
        cursor=cursor,
        limit=limit,
        values=parameters,
        moment_of=partial(origin.changed_at, reader),
    )
    applied = adoptions.cities(reader, [row.id for row in rows])
    return Page(cards_of(rows, applied), next_cursor)


def counts(reader: Actor | None, choice: Choice) -> Counts:
    """What each filter of the library would show this reader (one query)."""
    if choice == Choice():
        return _stored_counts(reader)
    row = select_rows(_sums(reader is not None, choice), readers.reader_values(reader)).one()
    by: dict[str, dict[str, int]] = {name: {} for name in KNOWN}
    names = ((name, value) for name, values in KNOWN.items() for value in values)
    for (name, value), number in zip(names, row[1:], strict=True):
        by[name][value] = number or 0
    return Counts(total=row[0] or 0, by=by)


def _stored_counts(reader: Actor | None) -> Counts:
    numbers = library_counts.numbers(reader)
    by = {name: {value: numbers.get((name, value), 0) for value in values} for name, values in KNOWN.items()}
    return Counts(total=numbers.get((LibraryCount.TOTAL, ""), 0), by=by)


def newest(reader: Actor | None, limit: int = 5) -> list[LessonCard]:
    """Return the lessons that were published or renewed last."""
    return _first(reader, limit)


def from_space(reader: Actor | None, space_id: int, limit: int = 5) -> list[LessonCard]:
    """Return the lessons of a space for a reader who may see every thread behind them, and know where they come from.

    A lesson that left a closed thread by consent must not be found back under the name of its space.
    """
    return _first(reader, limit, space_id=space_id)


def cards(signed_in: bool) -> Select[Any]:
    """Return the query of all lessons as cards, for a search to narrow and to order; read them with `cards_of`."""
    return _cards(signed_in, Choice())


def is_overdue(row: Any, today: date) -> bool:
    """Return whether the lesson of a row of `cards` is due for another look."""
    return row.review_on is not None and row.review_on < today


def _current() -> ColumnElement[bool]:
    return LessonVersion.id == Lesson.current_id


@cached
def _cards(signed_in: bool, choice: Choice) -> Select[Any]:
    """Cards for a reader, narrowed by the chosen filters: built once."""
    query: Any = (
        select(
            Lesson.id,
            Lesson.public_id,
            origin.LATEST[0],
            Lesson.review_on,
            Lesson.confirmed_at,
            LessonVersion.title,
            LessonVersion.one_sentence,
            code(LessonVersion.outcome),
            code(LessonVersion.axis),
            code(LessonVersion.confidence),
            codes(origin.CITIES),
            LessonVersion.masked,
        )
        .join(LessonVersion, _current())
        .where(
            Lesson.current_id.is_not(None),  # said once more for the index that holds only these
            sees(Lesson, readers.reader_param(signed_in)),
            *_conditions(choice).values(),
        )
    )
    return cast(Select[Any], query)


@cached
def _first_cards(signed_in: bool, in_space: bool, limit: int) -> Select[Any]:
    """The latest changed; of one space only those whose threads the reader may all see."""
    query = _cards(signed_in, Choice())
    if in_space:
        query = query.where(origin_filters.from_space(readers.reader_param(signed_in)))
    changed, number = origin.LATEST
    query = query.add_columns(adoptions.written(Lesson.id))
    return query.order_by(changed.desc(), number.desc()).limit(limit)


@cached
def _sums(signed_in: bool, choice: Choice) -> Select[Any]:
    """The total, and for each value of each filter the number with the other chosen filters."""
    chosen = _conditions(choice)
    columns: list[Any] = [_sum(and_(true(), *chosen.values()))]
    for name, values in KNOWN.items():
        others = [condition for other, condition in chosen.items() if other != name]
        columns += [_sum(and_(_condition(name, value), *others)) for value in values]
    query: Any = select(*columns).select_from(Lesson).join(LessonVersion, _current())
    return cast(Select[Any], query.where(sees(Lesson, readers.reader_param(signed_in))))


def conditions(choice: Choice) -> list[ColumnElement[bool]]:
    """Return what holds of each lesson and its current version that a choice leaves, for other counts of lessons."""
    return list(_conditions(choice).values())


def _first(reader: Actor | None, limit: int, **parameters: int) -> list[LessonCard]:
    query = _first_cards(reader is not None, "space_id" in parameters, limit)
    rows = select_rows(query, {**readers.reader_values(reader), **parameters}).all()
    return cards_of(rows, {row.id: adoptions.pairs(row.reports) for row in rows})


def cards_of(rows: Sequence[Any], applied: Mapping[int, list[adoptions.Pair]]) -> list[LessonCard]:
    """Return the cards of rows of `cards`, with the cities that applied each lesson."""
    today = days.today()
    return [
        LessonCard(
            id=row.id,
            public_id=row.public_id,
            title=row.title,
            one_sentence=row.one_sentence,
            outcome=row.outcome,
            axis=row.axis,
            confidence=row.confidence,
            confirmed=row.confirmed_at is not None,
            overdue=is_overdue(row, today),
            cities_back=read_codes(row.cities),
            masked=row.masked,
            adoptions=applied.get(row.id, []),
        )
        for row in rows
    ]


def _conditions(choice: Choice) -> dict[str, ColumnElement[bool]]:
    chosen = {name: getattr(choice, name) for name in KNOWN}
    return {name: _condition(name, value) for name, value in chosen.items() if value is not None}


def _condition(name: str, value: str) -> ColumnElement[bool]:
    if name == "need":
        return _holds(LessonVersion.needs, value)
    if name == "city":
        return _holds(origin.CITIES, value)
    column: Any = LessonVersion.axis if name == "axis" else LessonVersion.outcome
    condition: ColumnElement[bool] = column == value
    return condition


def _holds(column: Any, code: str) -> ColumnElement[bool]:
    """Whether a JSON list of codes holds one; codes contain no character with a meaning in LIKE."""
    return sql_cast(column, Text).like(f'%"{code}"%')


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
