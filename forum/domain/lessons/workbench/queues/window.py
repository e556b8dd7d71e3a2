"""The part of a queue that is shown, and how much there is of it: one query, however long the queue is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, func, literal, or_

from forum.infra import days
from forum.infra.db import db
from forum.infra.paging import LARGEST

FEW, MANY = 5, 20  # on the desk, and on a page of one queue
SEPARATOR = "_"


@dataclass(frozen=True, slots=True)
class Window:
    """How many are shown, after which (a cursor)."""

    size: int = FEW
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Items of a queue in its order. `count` is None where there are `least` of them or more: nobody counts those."""

    items: list[Any] = field(default_factory=list)
    count: int | None = 0
    least: int = 0
    this_week: int = 0  # of all of them, with a date from today until Sunday
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """By what a queue is ordered: a moment or a day, and an id; `day` is the date of an item, if it has one."""

    key: Any
    row_id: Any
    latest_first: bool = False
    day: Any = None


def rows(query: Select[*tuple[Any, ...]], order: Order, window: Window) -> tuple[Sequence[Any], Found]:
    """Return the rows in a window of a query, and the counts of all that it would find (one query)."""
    totals: list[Any] = [func.count(), func.sum(_in_week(order.day))]
    cursor = _read(window.after, order.key)
    if cursor is None:
        totals = [total.over() for total in totals]
    else:
        # What stands on the pages before this one counts as well.
        totals = [_of_all(query, total) for total in totals]
        query = query.where(_beyond(order, *cursor))
    query = query.add_columns(
        order.key.label("queue_key"),
        order.row_id.label("queue_id"),
        totals[0].label("queue_count"),
        totals[1].label("queue_week"),
    )
    keys = [key.desc() if order.latest_first else key.asc() for key in (order.key, order.row_id)]
    selected = db.session.execute(query.order_by(*keys).limit(window.size + 1)).all()
    shown = selected[: window.size]
    if not shown:
        return [], Found()
    last = shown[-1]
    following = _cursor(last.queue_key, last.queue_id) if len(selected) > window.size else None
    return shown, Found([], last.queue_count, last.queue_count, int(last.queue_week), following)


def of_list(
    items: Sequence[Any],
    window: Window,
    *,
    most: int,
    key: Callable[[Any], int],
    day: Callable[[Any], date | None],
) -> Found:
    """Return the same of a list that has at most `most` items; as many as that are not counted."""
    first, last = week()
    this_week = sum(1 for one in items if (at := day(one)) is not None and first <= at <= last)
    places = {str(key(one)): place for place, one in enumerate(items, 1)}
    start = places.get(window.after or "", 0)
    shown = list(items[start : start + window.size])
    more = start + window.size < len(items)
    count = len(items) if len(items) < most else None
    return Found(shown, count, len(items), this_week, str(key(shown[-1])) if more and shown else None)


def week() -> tuple[date, date]:
    """Return today and the last day of this week."""
    today = days.today()
    return today, today + timedelta(days=6 - today.weekday())


def _of_all(query: Select[*tuple[Any, ...]], total: ColumnElement[Any]) -> Any:
    counted = query.with_only_columns(total, maintain_column_froms=True).order_by(None)
    return counted.correlate(None).scalar_subquery()


def _in_week(day: Any) -> ColumnElement[int]:
    if day is None:
        return literal(0)
    return case((day.between(*week()), 1), else_=0)


def _beyond(order: Order, value: Any, row_id: int) -> ColumnElement[bool]:
    at, number = literal(value, order.key.type), literal(row_id)
    if order.latest_first:
        return or_(order.key < at, and_(order.key == at, order.row_id < number))
    return or_(order.key > at, and_(order.key == at, order.row_id > number))


def _cursor(value: date | datetime, row_id: int) -> str:
    return f"{value.isoformat()}{SEPARATOR}{row_id}"


def _read(cursor: str | None, key: Any) -> tuple[Any, int] | None:
    """What a cursor of ours says; None for any other text, which means the first page."""
    value, _, number = (cursor or "").rpartition(SEPARATOR)
    try:
        at: date = date.fromisoformat(value) if isinstance(key.type, Date) else datetime.fromisoformat(value)
        row_id = int(number)
        if isinstance(at, datetime):
            if at.tzinfo is None:
                return None
            # Converted here, because at the ends of the calendar another offset is an OverflowError.
            at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (at, row_id) if 0 <= row_id <= LARGEST else None
