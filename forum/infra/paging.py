"""Keyset paging: the next page begins after the last row of this one, however long the list.

rows, next_cursor = keyset(select(Post), keys=(Post.created_at, Post.id), cursor=cursor)
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, and_, bindparam, or_

from forum.infra.db import db
from forum.infra.statements import cached, select_rows

T = TypeVar("T")
MARK = "after"
Around = Callable[[Select[Any]], Select[Any]]
LARGEST = 2**31 - 1  # what an id column holds on every database
LARGEST_NUMBER = 2**15 - 1  # and one of versions, which are counted


@dataclass
class Page(Generic[T]):
    """Rows of one page, and where the next one begins (None: there is none)."""

    rows: list[T] = field(default_factory=list)
    next_cursor: str | None = None


def keyset(
    statement: Select[Any],
    *,
    keys: tuple[Any, Any],
    cursor: str | None,
    limit: int = 20,
    values: dict[str, Any] | None = None,
    moment_of: Callable[[int], datetime | None] | None = None,
    around: Around | None = None,
) -> tuple[Sequence[Any], str | None]:
    """Return rows of `statement` by `keys` (a moment and an id, both descending) from `cursor`, and the next cursor.

    The keys are selected columns, or attributes of a selected entity; LookupError when they are not. A cursor that is
    not ours means the first page. `values` are the parameters of a cached statement: its pages are cached, too.
    With `moment_of` the cursor, which stands in an address, tells only the id; the moment is looked up (one query).
    With `around`, a function of a module, the rows are cut first, and it returns the query of what they show in their
    order: for what costs too much to be found of rows that the page leaves out.
    """
    position = _read(cursor) if moment_of is None else _looked_up(cursor, moment_of)
    page_query = (_page_query if values is None else _cached_page_query)(
        statement, keys, position is not None, limit + 1, around
    )
    parameters = dict(values or {})
    if position is not None:
        parameters |= {"page_moment": position[0], "page_number": position[1]}
    # A cached statement selects columns; any other may select objects, which the session looks after.
    run = db.session.execute if values is None else select_rows
    selected = list(run(page_query, parameters).all())
    page = selected[:limit]
    # The keys are read on every page, so that a list without them fails on its first page, not on its second.
    last = [_keys_of(row, keys) for row in page[-1:]]
    if len(selected) <= limit:
        return page, None
    return page, cursor_of(*last[0]) if moment_of is None else str(last[0][1])


def id_of(cursor: str | None, most: int = LARGEST) -> int:
    """Return the id after which a page of a list by id begins; 0, before all of them, for a cursor that is not ours."""
    if not cursor or len(cursor) > 10 or not (cursor.isascii() and cursor.isdecimal()):
        return 0
    return int(cursor) if int(cursor) <= most else 0


def _page_query(
    statement: Select[Any], keys: tuple[Any, Any], has_cursor: bool, rows: int, around: Around | None
) -> Select[Any]:
    """The statement for one page of so many rows; where it begins is a parameter."""
    moment, number = keys
    if has_cursor:
        at = bindparam("page_moment", type_=moment.type)
        last = bindparam("page_number", type_=number.type)
        statement = statement.where(or_(moment < at, and_(moment == at, number < last)))
    page = statement.order_by(moment.desc(), number.desc()).limit(rows)
    return page if around is None else around(page)


_cached_page_query = cached(_page_query)


def _keys_of(row: Row[Any], keys: tuple[Any, Any]) -> tuple[datetime, int]:
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


def _looked_up(
    cursor: str | None, moment_of: Callable[[int], datetime | None]
) -> tuple[datetime, int] | None:
    number = id_of(cursor)
    moment = moment_of(number) if number else None
    return (moment, number) if moment is not None else None


def cursor_of(moment: datetime, number: int) -> str:
    """Return the cursor of the page after the row with these keys."""
    cursor = json.dumps([MARK, moment.isoformat(), number], separators=(",", ":"))
    return base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("=")


def _read(cursor: str | None) -> tuple[datetime, int] | None:
    if not cursor or len(cursor) > 200:
        return None
    try:
        mark, moment, number = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        at = datetime.fromisoformat(moment)
        # Converted here, because at the ends of the calendar another offset is an OverflowError.
        position = at.astimezone(UTC), number
    except (ValueError, TypeError, OverflowError):
        return None
    ours = mark == MARK and type(number) is int and 0 <= number <= LARGEST
    return position if ours and at.tzinfo is not None else None
