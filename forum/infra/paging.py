"""Keyset paging: the next page begins after the last row of this one, however long the list."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, and_, or_

from forum.infra.db import db

Row = TypeVar("Row")


@dataclass
class Page(Generic[Row]):
    """Rows of one page, and where the next begins (None: this was the last)."""

    rows: list[Row] = field(default_factory=list)
    next_cursor: str | None = None
    previous_cursor: str | None = None


def keyset(
    statement: Select[Any], *, keys: tuple[Any, Any], cursor: str | None, limit: int = 20
) -> tuple[Sequence[Any], str | None]:
    """Rows of `statement` by `keys` (a moment and an id, both descending) after `cursor`, and the next cursor.

    The two keys must be among the selected columns. A cursor that is not ours means the first page.
    """
    moment, number = keys
    place = _read(cursor)
    if place is not None:
        statement = statement.where(or_(moment < place[0], and_(moment == place[0], number < place[1])))
    statement = statement.order_by(moment.desc(), number.desc()).limit(limit + 1)
    rows = db.session.execute(statement).all()
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], _write(last._mapping[moment.key], last._mapping[number.key])


def _write(moment: datetime, number: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), number]).encode()).decode().rstrip("=")


def _read(cursor: str | None) -> tuple[datetime, int] | None:
    if not cursor:
        return None
    try:
        moment, number = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = datetime.fromisoformat(moment), int(number)
    except (ValueError, TypeError):
        return None
    return place if place[0].tzinfo is not None else None
