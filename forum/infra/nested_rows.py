"""Rows of one query in a column of another, as JSON: what belongs to one row is read with it, without a query more.

Their order is that of the query. What comes out are rows by name, each value of the type that its column has.
"""

import json
from collections import namedtuple
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Enum, Select, Text, cast, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class Nested:
    """A query whose rows another one brings along."""

    def __init__(self, query: Select[Any]) -> None:
        columns = query.selected_columns
        self._query = query
        self._row = _named(columns.keys())
        self._reads = [_reader(column.type) for column in columns]

    def column(self, name: str) -> Any:
        """Return the column with its rows, for another query."""
        rows = self._query.subquery()
        together = select(cast(_Rows(*rows.c), Text)).select_from(rows)
        return together.correlate(None).scalar_subquery().label(name)

    def rows(self, text: str | None) -> list[Any]:
        """Return the rows that stand in that column."""
        return [
            self._row(*(read(value) for read, value in zip(self._reads, values, strict=True)))
            for values in json.loads(text or "[]")
        ]


def _named(names: list[str]) -> Any:
    return namedtuple("Row", names)  # its fields are known at run time alone


def _reader(of: TypeEngine[Any]) -> Callable[[Any], Any]:
    kind = of.impl if isinstance(of, TypeDecorator) else of
    read: Callable[[Any], Any] = _as_it_is
    if isinstance(kind, DateTime):
        read = _moment
    elif isinstance(kind, Date):
        read = date.fromisoformat
    elif isinstance(kind, Boolean):
        read = bool
    elif isinstance(kind, Enum) and kind.enum_class is not None:
        read = kind.enum_class
    return lambda value: None if value is None else read(value)


def _as_it_is(value: Any) -> Any:
    return value


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class _Rows(FunctionElement[str]):
    """All rows as a JSON list of lists."""

    type = Text()
    inherit_cache = True


@compiles(_Rows)
def _for_sqlite(element: _Rows, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(func.json_group_array(func.json_array(*element.clauses)), **options)


@compiles(_Rows, "postgresql")
def _for_postgresql(element: _Rows, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(func.json_agg(func.json_build_array(*element.clauses)), **options)
