"""Whether this code and the database fit: at the same migration, or at a later one that says it serves this code."""

from dataclasses import dataclass
from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection, select

from forum.infra.db import db
from forum.models.maintenance import SchemaFit


@dataclass(frozen=True, slots=True)
class Fit:
    """The migration of the database, the newest one of this code, and a sentence about both for the operator."""

    good: bool
    current: str | None
    newest: str
    sentence: str
    is_newer: bool = False  # than this release knows


def fit(connection: Connection | None = None) -> Fit:
    """Return how this code and the database (at `connection`) fit; SQLAlchemyError when it cannot be asked."""
    newest, known = _migrations(current_app.config["MIGRATIONS"])
    asked = connection or db.session.connection()
    current = MigrationContext.configure(asked).get_current_revision()
    if current == newest:
        return Fit(True, current, newest, f"at {current}")
    if current is None or current in known:
        found = f"at {current}" if current else "empty"
        sentence = f"the database is {found} and this release needs {newest}: run `flask db upgrade`"
        return Fit(False, current, newest, sentence)
    serves_from = asked.scalar(select(SchemaFit.serves_from).where(SchemaFit.revision == current))
    if serves_from in known:
        sentence = f"at {current}, which serves this older release too (its newest is {newest})"
        return Fit(True, current, newest, sentence, is_newer=True)
    sentence = (
        f"the database is at {current}, newer than this release ({newest}), which cannot serve it: install the newer "
        f"release again, or go back with it (`flask db downgrade {newest}`), or restore the backup from before the "
        "update"
    )
    return Fit(False, current, newest, sentence, is_newer=True)


def known() -> frozenset[str]:
    """Return all migrations that this code has."""
    return _migrations(current_app.config["MIGRATIONS"])[1]


@cache
def _migrations(folder: str) -> tuple[str, frozenset[str]]:
    """The newest migration of this code, and all of them; read from disk once."""
    scripts = ScriptDirectory(folder)
    return scripts.get_current_head() or "", frozenset(step.revision for step in scripts.walk_revisions())
