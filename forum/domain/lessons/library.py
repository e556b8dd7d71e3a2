"""The library: lessons as cards, by axis, need, outcome and city, each only for readers who may see it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, case, func, select, true

from forum.domain.choices import Counts
from forum.domain.lessons import (
    adoptions,
    library_choice,
    library_counts,
    library_sorts,
    origin,
    origin_filters,
)
from forum.domain.lessons.library_choice import KNOWN, LATELY, Choice, conditions
from forum.domain.lessons.listed import listed
from forum.infra.columns import code, codes, read_codes
from forum.infra.in_lists import in_list
from forum.infra.paging import Page
from forum.infra.statements import cached, select_rows
from forum.models.lessons import Lesson, LessonVersion
from forum.models.library import LibraryCount
from forum.policy import readers
from forum.policy.actors import Actor
from forum.policy.visibility import sees

EVERYTHING = Choice()
AMONG = in_list(LessonVersion.id, "versions")  # of the lessons that were found before


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
    disputed: bool = False


def page(
    reader: Actor | None,
    choice: Choice = EVERYTHING,
    *,
    sort: str = library_sorts.LATEST,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[LessonCard]:
    """Return lessons that the reader may see, in an order of `library_sorts` (one query; a later page, two)."""
    place = library_sorts.place_of(reader, sort, cursor)
    query = _page(reader is not None, choice, sort, place is not None, limit + 1)
    rows = select_rows(query, {**readers.reader_values(reader), **(place or {})}).all()
    shown = cards_of(rows[:limit])
    return Page(shown, str(shown[-1].id) if len(rows) > limit else None)


def counts(reader: Actor | None, choice: Choice, among: Sequence[int] | None = None) -> Counts:
    """What each filter of the library would show this reader, those of LATELY apart (one query).

    `among`: versions of lessons that were found before; only these are counted.
    """
    if choice == EVERYTHING and among is None:
        return _stored_counts(reader)
    values = {**readers.reader_values(reader), **({} if among is None else {"versions": among})}
    row = select_rows(_sums(reader is not None, choice, among is not None), values).one()
    found = Counts(total=row[0] or 0, by={name: Counter() for name in KNOWN})
    names = ((name, value) for name, values in KNOWN.items() for value in values)
    for (name, value), number in zip(names, row[1:], strict=True):
        found.by[name][value] = number or 0
    return found


def _stored_counts(reader: Actor | None) -> Counts:
    numbers = library_counts.numbers(reader)
    by = {
        name: Counter({value: numbers.get((name, value), 0) for value in values})
        for name, values in KNOWN.items()
    }
    return Counts(total=numbers.get((LibraryCount.TOTAL, ""), 0), by=by)


def newest(reader: Actor | None, limit: int = 5) -> list[LessonCard]:
    """Return the lessons that were published or renewed last."""
    return _first(reader, limit)


def from_space(reader: Actor | None, space_id: int, limit: int = 5) -> list[LessonCard]:
    """Return the lessons of a space for a reader who may see every thread behind them, and know where they come from.

    A lesson that left a closed thread by consent must not be found back under the name of its space.
    """
    return _first(reader, limit, space_id=space_id)


def _current() -> ColumnElement[bool]:
    return LessonVersion.id == Lesson.current_id


@cached
def cards(signed_in: bool, choice: Choice = EVERYTHING) -> Select[Any]:
    """Return the query of lessons as cards, for others to narrow and to order; read them with `cards_of`."""
    query: Any = select(
        Lesson.id,
        Lesson.public_id,
        origin.LATEST[0],
        origin_filters.is_due(readers.reader_param(signed_in)).label("is_due"),
        Lesson.confirmed_at,
        Lesson.disputed_at,
        LessonVersion.title,
        LessonVersion.one_sentence,
        code(LessonVersion.outcome),
        code(LessonVersion.axis),
        code(LessonVersion.confidence),
        codes(origin.CITIES),
        LessonVersion.masked,
    )
    return narrowed(query, signed_in, choice)


def narrowed(query: Select[Any], signed_in: bool, choice: Choice) -> Select[Any]:
    """Return a query of columns of lessons and their current versions for those that the reader may see and chose."""
    return query.join(LessonVersion, _current()).where(
        listed(),
        sees(Lesson, readers.reader_param(signed_in)),
        *conditions(choice).values(),
    )


@cached
def _page(signed_in: bool, choice: Choice, sort: str, goes_on: bool, rows: int) -> Select[Any]:
    """The cards of a page with their reports: which they are is found first, and of those alone the rest is read."""
    found = narrowed(select(Lesson.id), signed_in, choice)
    page = library_sorts.ordered(found, sort, goes_on=goes_on, rows=rows).subquery("page")
    shown = cards(signed_in).join(page, page.c.id == Lesson.id)
    return library_sorts.ordered(
        shown.add_columns(adoptions.written(Lesson.id)), sort, goes_on=False, rows=rows
    )


@cached
def _first_cards(signed_in: bool, in_space: bool, limit: int) -> Select[Any]:
    """The latest changed; of one space only those whose threads the reader may all see."""
    query = cards(signed_in)
    if in_space:
        query = query.where(origin_filters.from_space(readers.reader_param(signed_in)))
    changed, number = origin.LATEST
    query = query.add_columns(adoptions.written(Lesson.id))
    return query.order_by(changed.desc(), number.desc()).limit(limit)


@cached
def _sums(signed_in: bool, choice: Choice, among: bool = False) -> Select[Any]:
    """The total, and for each value of each filter the number with the other chosen filters."""
    chosen, everywhere = conditions(choice.of_these(KNOWN)), conditions(choice.of_these(LATELY))
    columns: list[Any] = [_sum(and_(true(), *chosen.values()))]
    for name, values in KNOWN.items():
        others = [condition for other, condition in chosen.items() if other != name]
        columns += [_sum(and_(library_choice.condition(name, value), *others)) for value in values]
    query: Any = select(*columns).select_from(Lesson).join(LessonVersion, _current())
    query = query.where(listed(), sees(Lesson, readers.reader_param(signed_in)), *everywhere.values())
    return cast(Select[Any], query.where(AMONG) if among else query)


def _first(reader: Actor | None, limit: int, **parameters: int) -> list[LessonCard]:
    query = _first_cards(reader is not None, "space_id" in parameters, limit)
    return cards_of(select_rows(query, {**readers.reader_values(reader), **parameters}).all())


def cards_of(rows: Sequence[Any]) -> list[LessonCard]:
    """Return the cards of rows of `cards` to which `adoptions.written` was added."""
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
            overdue=bool(row.is_due),
            cities_back=read_codes(row.cities),
            masked=row.masked,
            adoptions=adoptions.pairs(row.reports),
            disputed=row.disputed_at is not None,
        )
        for row in rows
    ]


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
