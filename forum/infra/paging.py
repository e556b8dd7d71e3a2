"""Keyset paging: the next page begins after the last row of this one, however long the list.

rows, next_cursor = keyset(select(Post), keys=(Post.created_at, Post.id), cursor=cursor)
page = page_of(select(Post.id, Post.created_at), keys=(Post.created_at, Post.id), cursor=cursor, limit=30)
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Integer, Row, Select, and_, bindparam, or_

from forum.infra.db import db

T = TypeVar("T")
AFTER, BEFORE = "after", "before"
LARGEST = 2**31 - 1  # what an id column holds on every database


@dataclass
class Page(Generic[T]):
    """Rows of one page, and where the next and the previous one begin (None: there is none)."""

    rows: list[T] = field(default_factory=list)
    next_cursor: str | None = None
    previous_cursor: str | None = None


def keyset(
    statement: Select[Any],
    *,
    keys: tuple[Any, Any],
    cursor: str | None,
    limit: int = 20,
    values: dict[str, Any] | None = None,
) -> tuple[Sequence[Any], str | None]:
    """Rows of `statement` by `keys` (a moment and an id, both descending) from `cursor`, and the next cursor.

    The keys are selected columns, or attributes of a selected entity. A cursor that is not ours means the first page.
    With `values`, what is to be filled in, the statement is one that is kept: its pages are then built once too.
    """
    page = page_of(statement, keys=keys, cursor=cursor, limit=limit, values=values)
    return page.rows, page.next_cursor


def page_of(
    statement: Select[Any],
    *,
    keys: tuple[Any, Any],
    cursor: str | None,
    limit: int = 20,
    values: dict[str, Any] | None = None,
) -> Page[Row[Any]]:
    """The same as a page that also knows the way back."""
    place = _read(cursor)
    way = place[0] if place is not None else None
    backwards = way == BEFORE
    cut = (_cut if values is None else _cut_once)(statement, keys, way)
    filled = {**(values or {}), "page_rows": limit + 1}
    if place is not None:
        filled |= {"page_moment": place[1], "page_number": place[2]}
    found = list(db.session.execute(cut, filled).all())
    more, rows = len(found) > limit, found[:limit]
    if backwards:
        rows.reverse()
    ends = [_ends(row, keys) for row in (rows[0], rows[-1])] if rows else []
    has_next = more or backwards  # whoever came back came from a next page
    has_previous = more if backwards else place is not None
    return Page(
        rows,
        _write(AFTER, *ends[1]) if ends and has_next else None,
        _write(BEFORE, *ends[0]) if ends and has_previous else None,
    )


def _cut(statement: Select[Any], keys: tuple[Any, Any], way: str | None) -> Select[Any]:
    """The statement for one page; where it begins and how long it is are filled in."""
    moment, number = keys
    backwards = way == BEFORE
    if way is not None:
        at = bindparam("page_moment", type_=moment.type)
        last = bindparam("page_number", type_=number.type)
        beyond = moment > at if backwards else moment < at
        beside = number > last if backwards else number < last
        statement = statement.where(or_(beyond, and_(moment == at, beside)))
    order = (moment.asc(), number.asc()) if backwards else (moment.desc(), number.desc())
    return statement.order_by(*order).limit(bindparam("page_rows", type_=Integer))


_cut_once = lru_cache(maxsize=256)(_cut)


def _ends(row: Row[Any], keys: tuple[Any, Any]) -> tuple[datetime, int]:
    moment, number = (_value(row, key) for key in keys)
    return moment, number


def _value(row: Row[Any], key: Any) -> Any:
    for name in (key, key.key):
        if name in row._mapping:
            return row._mapping[name]
    owner = getattr(key, "class_", None)
    for entity in row:
        if owner is not None and isinstance(entity, owner):
            return getattr(entity, key.key)
    raise LookupError(f"{key} is not among what the page selects")


def _write(way: str, moment: datetime, number: int) -> str:
    place = json.dumps([way, moment.isoformat(), number], separators=(",", ":"))
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read(cursor: str | None) -> tuple[str, datetime, int] | None:
    if not cursor or len(cursor) > 200:
        return None
    try:
        way, moment, number = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        at = datetime.fromisoformat(moment)
        # In UTC at once: at the ends of the calendar another offset names no moment.
        place = way, at.astimezone(UTC), number
    except (ValueError, TypeError, OverflowError):
        return None
    ours = way in (AFTER, BEFORE) and type(number) is int and 0 <= number <= LARGEST
    return place if ours and at.tzinfo is not None else None
