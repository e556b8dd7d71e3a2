"""What the database makes of indexed tables: FTS5 tables and triggers on SQLite, generated columns on PostgreSQL.

Migrations make them; here they are written out for who looks whether they are there, and for who brings them back.
"""

from typing import Any

from sqlalchemy import Connection, inspect, text

from forum.infra.db import Base
from forum.infra.search_index import FTS, LEXEMES


def triggers(model: type[Base]) -> dict[str, str]:
    """Return the triggers that keep the FTS5 table of an indexed table: by name, the whole statement."""
    name, columns, key = model.__tablename__, _columns(model), _key(model)
    listed = ", ".join(columns)
    new, old = (", ".join(f"{row}.{column}" for column in (key, *columns)) for row in ("new", "old"))
    add = f"INSERT INTO {name}{FTS} (rowid, {listed}) VALUES ({new})"  # noqa: S608 - names of our own tables
    take = f"INSERT INTO {name}{FTS} ({name}{FTS}, rowid, {listed}) VALUES ('delete', {old})"  # noqa: S608
    return {
        f"{name}_added": f"CREATE TRIGGER {name}_added AFTER INSERT ON {name} BEGIN {add}; END",
        f"{name}_changed": f"CREATE TRIGGER {name}_changed AFTER UPDATE ON {name} BEGIN {take}; {add}; END",
        f"{name}_taken": f"CREATE TRIGGER {name}_taken AFTER DELETE ON {name} BEGIN {take}; END",
    }


def mend(connection: Connection, models: list[type[Base]]) -> None:
    """Bring back what is missing of indexed tables; on SQLite the index itself is made anew from their rows."""
    for model in models:
        table: Any = model.__table__
        table.create(connection, checkfirst=True)
        statements = _fts5(model) if connection.dialect.name == "sqlite" else _gin(connection, model)
        for statement in statements:
            connection.execute(text(statement))


def set_aside(connection: Connection, models: list[type[Base]]) -> None:
    """Take the index away while very many rows are written; `mend` makes it of them in one go."""
    for model in models:
        if connection.dialect.name == "sqlite":
            statements = [f"DROP TRIGGER {name}" for name in triggers(model)]
        else:
            statements = [f"DROP INDEX ix_{model.__tablename__}_{LEXEMES}"]
        for statement in statements:
            connection.execute(text(statement))


def _columns(model: type[Base]) -> list[str]:
    table: Any = model.__table__
    return [column.name for column in table.columns if not column.primary_key]


def _key(model: type[Base]) -> str:
    table: Any = model.__table__
    (column,) = table.primary_key.columns
    return str(column.name)


def _fts5(model: type[Base]) -> list[str]:
    name, made = f"{model.__tablename__}{FTS}", triggers(model)
    options = f"content='{model.__tablename__}', content_rowid='{_key(model)}', tokenize='ascii'"
    return [
        *(f"DROP TRIGGER IF EXISTS {trigger}" for trigger in made),
        f"DROP TABLE IF EXISTS {name}",
        f"CREATE VIRTUAL TABLE {name} USING fts5({', '.join(_columns(model))}, {options})",
        f"INSERT INTO {name} ({name}) VALUES ('rebuild')",  # noqa: S608 - names of our own tables
        *made.values(),
    ]


def _gin(connection: Connection, model: type[Base]) -> list[str]:
    name, there = model.__tablename__, inspect(connection)
    made = " || ' ' || ".join(_columns(model))
    lexemes = f"array_to_tsvector(array_remove(string_to_array({made}, ' '), ''))"
    statements = []
    if LEXEMES not in {column["name"] for column in there.get_columns(name)}:
        statements += [
            f"ALTER TABLE {name} ADD COLUMN {LEXEMES} tsvector GENERATED ALWAYS AS ({lexemes}) STORED",
            # A rare word is known as rare, and is not taken for one of 5,000 rows.
            f"ALTER TABLE {name} ALTER COLUMN {LEXEMES} SET STATISTICS 3000",
        ]
    index = f"ix_{name}_{LEXEMES}"
    # Even to find that it is there, CREATE INDEX IF NOT EXISTS would wait for everybody who writes.
    if index not in {each["name"] for each in there.get_indexes(name)}:
        gin = f"USING gin ({LEXEMES}) WITH (fastupdate = off)"
        statements.append(f"CREATE INDEX IF NOT EXISTS {index} ON {name} {gin}")
    return statements
