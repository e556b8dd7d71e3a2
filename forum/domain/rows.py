"""Rows that may be there already: a unique constraint decides, not a look beforehand, so parallel runs agree."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from forum.infra.db import Base, db


def insert_new(model: type[Base], rows: list[dict[str, Any]], *returning: Any) -> list[Any]:
    """Insert those of `rows` that break no unique constraint; returns the `returning` columns of the new ones."""
    if not rows:
        return []
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    statement: Any = dialect.insert(model).values(rows).on_conflict_do_nothing()
    if not returning:
        db.session.execute(statement)
        return []
    return list(db.session.execute(statement.returning(*returning)))
