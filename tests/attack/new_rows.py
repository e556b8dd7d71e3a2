"""Which rows came of what was done, without what is chance: read on PostgreSQL in one statement for all tables."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Column, Table, TextClause, text

import forum
from forum.infra.db import Model, Moment, db

# What differs from one time to the next without meaning anything.
CHANCE = {
    "slug",
    "idempotency_key",
    "reason_digest",
    "salt",
    "digest",
    "handle",
    "email",
    "password_hash",
    "password_stamp",
    "payload",
    "before",
    "kept",
}
SHARED = {"tag"}  # made once, by whoever comes first


Rows = frozenset[tuple[Any, int]]
# What stood there, by table: its highest id, or all ids where they are drawn by lot.
Before = dict[str, int | list[int]]


def marks() -> Before:
    """What stands in each table by now: whatever comes later is new."""
    return {row.name: row.highest if row.ids is None else row.ids for row in db.session.execute(_standing())}


class Made(NamedTuple):
    """What stood there before, and the rows made after that to be acted on, by table and in order."""

    before: Before
    subjects: dict[str, list[int]]

    @classmethod
    def since(cls, before: Before) -> "Made":
        """All rows that are new by now."""
        subjects: dict[str, list[int]] = {}
        for table, row in _new(before):
            if "id" in row:
                subjects.setdefault(table.name, []).append(row["id"])
        return cls(before, {name: sorted(ids) for name, ids in subjects.items()})

    def told(self, table: str, number: int | None) -> Any:
        """Which row it is, said so that it is the same the next time: one of before, one acted on, or a new one."""
        stood, subjects = self.before[table], self.subjects.get(table, [])
        if number is None or (number in stood if isinstance(stood, list) else number <= stood):
            return number
        if number not in subjects:
            return "a new one"
        return "one acted on" if isinstance(stood, list) else f"number {subjects.index(number)}"


def rows_since(made: Made) -> Rows:
    """Every new row and how many there are like it: which it is, what it says, and what it hangs on; not when.

    A row without a number of its own, as a pin or the reason of a line, is new when it hangs on one that is.
    """
    found: Counter[Any] = Counter()
    for table, row in _new(made.before):
        if table.name not in SHARED:
            cells = (_told(column, row[column.name], made) for column in table.c if column.name not in CHANCE)
            found[table.name, tuple(cells)] += 1
    return frozenset(found.items())


def _new(before: Before) -> Iterator[tuple[Table, dict[str, Any]]]:
    for name, row in db.session.execute(_newer(), before):
        yield Model.metadata.tables[name], row


def _told(column: Column[Any], cell: Any, made: Made) -> Any:
    if isinstance(cell, str) and cell.isdecimal():
        return "a number"
    known = _numbered_by(column)
    if known is not None and known not in SHARED:
        return made.told(known, cell)
    if isinstance(column.type, Moment) or column.name.endswith("_id"):
        return cell is not None
    return cell if isinstance(cell, str | int | bool | None) else str(cell)


@cache
def _numbered_by(column: Column[Any]) -> str | None:
    """The table whose number stands in this column: its own, or the one it points at, if need be by another."""
    if column.name == "id":
        return column.table.name
    found = (_numbered_by(key.column) for key in column.foreign_keys)
    return next((name for name in found if name is not None), None)


@cache
def _drawn() -> set[str]:
    """The tables whose ids are drawn by lot: of these the highest says nothing."""
    models = {mapper.class_.__name__: mapper.local_table.name for mapper in Model.registry.mappers}
    files = Path(forum.__file__).parent.rglob("*.py")
    found = {name for file in files for name in re.findall(r"drawn_id\((\w+)\.id\)", file.read_text())}
    return {models[name] for name in found}


@cache
def _standing() -> TextClause:
    each = (
        f"SELECT '{table.name}' AS name, 0 AS highest, array(SELECT id FROM \"{table.name}\")::bigint[] AS ids"
        if table.name in _drawn()
        else f"SELECT '{table.name}', coalesce(max(id), 0), NULL FROM \"{table.name}\""
        for table in sorted(Model.metadata.sorted_tables, key=lambda one: one.name not in _drawn())
        if "id" in table.c
    )
    return text(" UNION ALL ".join(each))


@cache
def _newer() -> TextClause:
    each = []
    for table in Model.metadata.sorted_tables:
        columns = [table.c.id] if "id" in table.c else list(table.c)
        newer = [_is_newer(one.name, known) for one in columns if (known := _numbered_by(one)) is not None]
        if newer:
            each.append(
                f"SELECT '{table.name}', to_jsonb(x) FROM \"{table.name}\" x WHERE {' OR '.join(newer)}"
            )
    return text(" UNION ALL ".join(each))


def _is_newer(column: str, known: str) -> str:
    if known in _drawn():
        return f'"{column}" <> ALL(CAST(:{known} AS bigint[]))'
    return f'"{column}" > :{known}'
