"""Lists of values as one parameter of a statement, or found by it once.

SQLAlchemy's own `in_` writes a place for each value. Then every length is a statement of its own: compiled, sent and
planned anew, which for the larger ones takes several times as long as the run.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    String,
    TypeDecorator,
    bindparam,
    func,
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine


class List(TypeDecorator[list[Any]]):
    """A list of values of one type: an array for PostgreSQL, JSON for SQLite."""

    impl = String
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = ARRAY(self.of) if dialect.name == "postgresql" else String()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return list(value) if dialect.name == "postgresql" else json.dumps(list(value))


def in_list(column: Any, name: str, of: type[TypeEngine[Any]] = Integer) -> ColumnElement[bool]:
    """Return whether a column has one of the values that the parameter `name` gets, a list of any length."""
    return _InList(column, bindparam(name, type_=List(of())))


def in_rows(column: Any, rows: Select[Any]) -> ColumnElement[bool]:
    """Return whether a column has one of the values that `rows` finds, which do not depend on what else is asked.

    As an array they are found once, also by PostgreSQL, which takes the rows of `IN` to be found anew for each row
    that it looks up, and reads a whole table instead.
    """
    return _InRows(column, rows.scalar_subquery())


class _Condition(FunctionElement[bool]):
    """A condition as it is: SQLAlchemy would compare it with 1 for SQLite, which then reads a whole table for it."""

    type = Boolean()

    def self_group(self, against: OperatorType | None = None) -> Any:
        return self


class _InList(_Condition):
    inherit_cache = True


class _InRows(_Condition):
    inherit_cache = True


@compiles(_InList)
def _for_sqlite(element: _InList, compiler: SQLCompiler, **options: Any) -> str:
    column, values = element.clauses
    each = func.json_each(values).table_valued("value", name="each_of_list")
    return compiler.process(column.in_(select(each.c.value)), **options)


@compiles(_InList, "postgresql")
def _for_postgresql(element: _InList, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(_InRows)
def _rows_for_sqlite(element: _InRows, compiler: SQLCompiler, **options: Any) -> str:
    column, rows = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN {rows}"


@compiles(_InRows, "postgresql")
def _rows_for_postgresql(element: _InRows, compiler: SQLCompiler, **options: Any) -> str:
    column, rows = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY (ARRAY{rows})"
