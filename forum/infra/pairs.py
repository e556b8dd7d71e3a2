"""Pairs of numbers as a table, so that one statement can ask many members about many rows each.

They come as one parameter: a list of conditions would be compiled and planned anew for each number of pairs.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, Integer, String, bindparam, cast, column, func, select

from forum.infra.db import db


def database() -> str:
    """Return which database is asked: an argument for cached statements with a `table`, which differs."""
    return str(db.session.get_bind().dialect.name)


def table(name: str, on: str) -> Any:
    """Return a table with the columns `one` and `other`, of which the parameter `name` gets the rows as `written`."""
    given = bindparam(name, type_=String)
    if on == "postgresql":
        rows: Any = func.json_to_recordset(cast(given, JSON))
        columns = rows.table_valued(column("one", Integer), column("other", Integer))
        return columns.render_derived(name=name, with_types=True)
    each = func.json_each(given).table_valued("value", name=f"each_{name}")
    one, other = (
        cast(func.json_extract(each.c.value, f"$.{key}"), Integer).label(key) for key in ("one", "other")
    )
    return select(one, other).select_from(each).subquery(name)


def written(pairs: Iterable[tuple[int, int]]) -> str:
    """Return pairs as the value of the parameter."""
    return json.dumps([{"one": one, "other": other} for one, other in pairs], separators=(",", ":"))
