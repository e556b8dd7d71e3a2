"""A stream of rows of many tables into the database: COPY on PostgreSQL, many at a time on SQLite."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Column, Connection, Table, func, insert, select, text

from forum.demo.synthetic.network import Row
from forum.infra.db import db

BATCH = 5_000  # rows of all tables together that wait for their turn


class Loader:
    """Takes rows as they come; those of one table go out together."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.copies = connection.dialect.name == "postgresql"
        self.count = 0
        self._waiting: dict[type[Any], list[list[Any]]] = {}
        self._columns: dict[type[Any], list[tuple[str, Any, Callable[[Any], Any] | None]]] = {}

    def take(self, rows: Iterable[Row]) -> None:
        """Write them all."""
        for model, row in rows:
            columns = self._columns.get(model) or self._know(model)
            self._waiting[model].append(
                [
                    row.get(name, default) if convert is None else convert(row.get(name, default))
                    for name, default, convert in columns
                ]
            )
            self.count += 1
            if self.count % BATCH == 0:
                self._write()
        self._write()

    def _know(self, model: type[Any]) -> list[tuple[str, Any, Callable[[Any], Any] | None]]:
        columns = [(c.name, _default(c), self._converter(c)) for c in model.__table__.columns]
        self._columns[model], self._waiting[model] = columns, []
        return columns

    def _converter(self, column: Column[Any]) -> Callable[[Any], Any] | None:
        """What SQLAlchemy does with a value before the driver gets it; its own INSERT does that itself."""
        dialect = self.connection.dialect
        return column.type.dialect_impl(dialect).bind_processor(dialect) if self.copies else None

    def _write(self) -> None:
        for model, rows in self._waiting.items():
            if rows:
                names = [name for name, _default, _convert in self._columns[model]]
                (self._copy if self.copies else self._insert)(model.__table__, names, rows)
                rows.clear()

    def _copy(self, table: Table, names: list[str], rows: list[list[Any]]) -> None:
        driver: Any = self.connection.connection.driver_connection
        listed = ", ".join(f'"{name}"' for name in names)
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _insert(self, table: Table, names: list[str], rows: list[list[Any]]) -> None:
        self.connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    if default is None:
        return None
    return default.arg if default.is_scalar else default.arg(None)


def line_up(connection: Connection) -> None:
    """Let PostgreSQL number on from the rows that came with their own ids."""
    if connection.dialect.name != "postgresql":
        return
    for table in db.metadata.sorted_tables:
        if "id" not in table.c or not isinstance(table.c.id.type, db.Integer):
            continue
        last = connection.scalar(select(func.max(table.c.id)))
        if last:
            place = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
            connection.execute(place, {"name": table.name, "last": last})
