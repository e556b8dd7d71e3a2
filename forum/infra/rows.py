"""Writes that are decided by a constraint or a row instead of an earlier look, so that parallel runs agree."""

import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import Delete, TextClause, Update, bindparam, exists, select, text
from sqlalchemy.dialects import postgresql, sqlite

from forum.infra.db import Base, db
from forum.infra.statements import change_rows

IDS = range(1_000_000, 2_000_000_000)  # fits an integer of four bytes


def insert_new(model: type[Base], rows: list[dict[str, Any]], *returning: Any) -> list[Any]:
    """Insert those of `rows` that break no unique constraint; return the `returning` columns of the new ones."""
    if not rows:
        return []
    statement = _insert(model).values(rows).on_conflict_do_nothing()
    if not returning:
        db.session.execute(statement)
        return []
    return list(db.session.execute(statement.returning(*returning)))


def insert_few(model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert those of `rows` that break no unique constraint: as `insert_new`, where it is done again and again.

    All have the same columns, of numbers and text. For each number of rows one statement is written and kept.
    """
    if rows:
        values = {f"{name}_{number}": value for number, row in enumerate(rows) for name, value in row.items()}
        change_rows(_insert_few(model, tuple(rows[0]), len(rows)), values)


@lru_cache
def _insert_few(model: type[Base], columns: tuple[str, ...], count: int) -> TextClause:
    rows: list[dict[str, Any]] = [
        {name: bindparam(f"{name}_{number}") for name in columns} for number in range(count)
    ]
    statement = sqlite.insert(model).values(rows).on_conflict_do_nothing()
    # As text, which is the same for both databases: SQLAlchemy would write a statement of several rows anew each time.
    return text(str(statement.compile(dialect=sqlite.dialect(paramstyle="named"))))


def upsert(
    model: type[Base], rows: list[dict[str, Any]], *, keys: tuple[str, ...], once: tuple[str, ...] = ()
) -> None:
    """Insert `rows`; where one with the same `keys` is there already, give it the others, without those `once`."""
    if not rows:
        return
    statement = _insert(model).values(rows)
    others = {name: statement.excluded[name] for name in rows[0] if name not in keys + once}
    db.session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=others))


def upsert_many(model: type[Base], rows: list[dict[str, Any]], *, keys: tuple[str, ...]) -> None:
    """As `upsert`, past the session's objects and with one statement for each row, which is written and kept once."""
    if rows:
        connection = db.session.connection()
        connection.execute(_upsert_one(model, keys, connection.dialect.name), rows)


@lru_cache
def _upsert_one(model: type[Base], keys: tuple[str, ...], dialect: str) -> Any:
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(model.__table__)
    others = {
        each.name: statement.excluded[each.name] for each in statement.table.columns if each.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=list(keys), set_=others)


def _insert(model: type[Base]) -> Any:
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


def drawn(column: Any, draw: Callable[[], Any]) -> Any:
    """Return what `draw` gives, drawn again as long as a row has it in `column`."""
    value = draw()
    while db.session.scalar(select(exists().where(column == value))):
        value = draw()
    return value


def drawn_id(column: Any) -> int:
    """Return an id for a new row that was drawn by lot.

    Ids that are counted tell everybody who has two of their own how many rows others made in between.
    """
    return int(drawn(column, lambda: secrets.choice(IDS)))


def update_rows(statement: Update | Delete) -> int:
    """Run an UPDATE or a DELETE; return how many rows it changed."""
    result: Any = db.session.execute(statement)
    return int(result.rowcount)


def claim(statement: Update) -> bool:
    """Return whether an UPDATE that names one row still found it: of two at the same moment, one finds nothing.

    Loaded objects are left as they are; refresh what is read afterwards.
    """
    return update_rows(statement.execution_options(synchronize_session=False)) == 1
