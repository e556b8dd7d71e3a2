"""Lets a CHECK of a table allow other kinds, without a new table: others may point at its rows."""

import sqlalchemy as sa
from alembic import op

from migrations.present_kinds import present

_MADE = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table"


def allow(
    table: str, column: str, constraint: str, *, more: tuple[str, ...] = (), less: tuple[str, ...] = ()
) -> None:
    """Add kinds to those that stand in `column`, or take some away, by the constraint of that name."""
    before = present(table, column, constraint)
    after = [one for one in before if one not in less] + [one for one in more if one not in before]
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        name = op.f(constraint)
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, f"{column} IN ({_listed(after)})")
        return
    made = connection.scalar(sa.text(_MADE), {"table": table})
    old, new = f"{column} IN ({_listed(before)})", f"{column} IN ({_listed(after)})"
    if made is None or made.count(old) != 1:
        raise RuntimeError(f"{table}.{column} does not say what it allows as expected")
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :table"),
        {"sql": made.replace(old, new), "table": table},
    )
    # Read anew by every connection that looks at the number of the schema.
    number = connection.exec_driver_sql("PRAGMA schema_version").scalar() or 0
    connection.exec_driver_sql(f"PRAGMA schema_version = {number + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")


def _listed(kinds: list[str]) -> str:
    return ", ".join(f"'{one}'" for one in kinds)
