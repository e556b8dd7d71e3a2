"""The first rows that fit a rule which no query can ask: nobody is missed behind many whom it refuses."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, literal, tuple_

from forum.infra.db import db

PAGE, LARGEST = 50, 800  # rows asked for at once: twice as many each time that too few fit
Found = TypeVar("Found")


def first(
    query: Select[*tuple[Any, ...]],
    most: int,
    fits: Callable[[Sequence[Any]], list[Found]],
    *,
    order: Sequence[ColumnElement[Any]],
) -> list[Found]:
    """Return the first `most` of what `fits` makes of the rows of a query, page by page until there are enough.

    `order` are expressions that are never null and together name one row; their values follow what the query selects.
    Each page begins after the last row of the one before, and nobody is read twice: a thousand rows are five queries.
    """
    found: list[Found] = []
    query = query.add_columns(*order).order_by(*order)
    page_query, size = query.limit(PAGE), PAGE
    while True:
        page = db.session.execute(page_query).all()
        found += fits(page)
        if len(page) < size or len(found) >= most:
            return found[:most]
        size = min(2 * size, LARGEST)
        last = page[-1][-len(order) :]
        after = [literal(value, key.type) for key, value in zip(order, last, strict=True)]
        page_query = query.where(tuple_(*order) > tuple_(*after)).limit(size)
