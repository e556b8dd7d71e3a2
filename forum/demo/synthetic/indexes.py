"""Indexes and keys out of the way while rows stream in, and built again in one go, which also checks every key."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

# Foreign keys before unique ones, the order in which they can be dropped.
CONSTRAINTS = """
    SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype IN ('f', 'u') AND connamespace = current_schema()::regnamespace ORDER BY contype, conname
"""
INDEXES = """
    SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
    ORDER BY relname
"""
# By the others SQLite finds the rows that waited for each one that comes in; else it would look through whole tables.
SQLITE = """
    SELECT name, sql FROM sqlite_master AS made
    WHERE type = 'index' AND sql IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM pragma_index_info(made.name) AS part, pragma_foreign_key_list(made.tbl_name) AS foreign_key
        WHERE part.seqno = 0 AND foreign_key."from" = part.name
    )
    ORDER BY rowid
"""


@dataclass
class Aside:
    """What was dropped, as the statements that bring it back."""

    statements: list[str]

    def build(self, connection: Connection) -> None:
        """Bring everything back; a row that breaks a rule is refused here."""
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
        for statement in self.statements:
            connection.exec_driver_sql(statement)


def set_aside(connection: Connection) -> Aside:
    """Drop every index that is not a primary key, and the foreign keys; one transaction sees it all.

    SQLite has no way to drop these: it looks at them at the end, and keeps the indexes that it needs for that.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        rows = connection.exec_driver_sql(SQLITE).all()
        for name, _made in rows:
            connection.exec_driver_sql(f'DROP INDEX "{name}"')
        return Aside([made for _name, made in rows])
    constraints = connection.execute(text(CONSTRAINTS)).all()
    for table, name, _definition in constraints:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    indexes = connection.execute(text(INDEXES)).all()
    for name, _definition in indexes:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    keys = [
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {made}" for table, name, made in reversed(constraints)
    ]
    return Aside([made for _name, made in indexes] + keys)
