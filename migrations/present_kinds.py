"""The kinds that a CHECK of a table allows at this step, so that a migration adds its own to those of others."""

import re

import sqlalchemy as sa
from alembic import op

_DEFINED = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"
_MADE = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table"


def present(table: str, column: str, name: str) -> list[str]:
    """Return what the constraint `name` lets stand in a column, in its order; nothing where there is none."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        defined = connection.scalar(sa.text(_DEFINED), {"name": name})
        return re.findall(r"'(\w+)'::", defined or "")
    made = connection.scalar(sa.text(_MADE), {"table": table}) or ""
    listed = re.search(rf"\b{column} IN \(([^)]*)\)", made)
    return re.findall(r"'(\w+)'", listed[1]) if listed else []
