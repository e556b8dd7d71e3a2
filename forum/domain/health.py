"""Whether the forum can serve: database, migrations, worker and events, each asked of the real thing."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, literal, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from forum.infra import clock, private_files
from forum.infra.connections import sqlite_file
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.events import Event, Heartbeat

WORKER = "worker"
SPACE = 8 * 1024 * 1024  # bytes on the disk of an SQLite database, below which writing is about to fail
SILENT_AFTER = timedelta(minutes=3)
WAITING_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer: `found` is a short text for whoever runs the machine."""

    name: str
    good: bool
    found: str


def checks() -> list[Check]:
    """Return the checks of database, migrations, worker and events, in this order; one that fails stops no other."""
    return [_ask(name, question) for name, question in QUESTIONS.items()]


def note_alive(name: str = WORKER) -> None:
    """Write down that the worker lives at this moment: one row for each `name`."""
    now = clock.now()
    insert_new(Heartbeat, [{"name": name, "at": now}])
    db.session.get_one(Heartbeat, name).at = now
    db.session.flush()


def _ask(name: str, question: Callable[[], tuple[bool, str]]) -> Check:
    try:
        good, finding = question()
    except (SQLAlchemyError, OSError) as error:
        db.session.rollback()
        return Check(name, False, type(error).__name__)
    return Check(name, good, finding)


def _database() -> tuple[bool, str]:
    """Whether it answers, and could keep what is written: looked at and not tried, which would wait for who writes."""
    if db.engine.dialect.name == "sqlite":
        answers = db.session.scalar(select(literal(1))) == 1
        path = sqlite_file(make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]))
        if path is None:
            return answers, "answers"
        place = os.statvfs(path.parent)
        if private_files.unwritable(path) or place.f_flag & os.ST_RDONLY:
            return False, "read-only"
        if place.f_bavail * place.f_frsize < SPACE:
            return False, "disk full"
        return answers, "answers"
    recovers = db.session.scalar(select(func.pg_is_in_recovery()))
    read_only = db.session.scalar(select(func.current_setting("default_transaction_read_only"))) == "on"
    return (False, "read-only") if recovers or read_only else (True, "answers")


def _migrations() -> tuple[bool, str]:
    expected = _head(current_app.config["MIGRATIONS"])
    current = MigrationContext.configure(db.session.connection()).get_current_revision()
    return current == expected, f"{current or 'none'} of {expected}"


def _worker() -> tuple[bool, str]:
    last_beat = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == WORKER))
    if last_beat is None:
        return False, "never seen"
    age = clock.now() - last_beat
    return age < SILENT_AFTER, f"seen {int(age.total_seconds())} s ago"


def _events() -> tuple[bool, str]:
    waiting = select(func.min(Event.created_at)).where(Event.handled_at.is_(None), Event.failed_at.is_(None))
    oldest = db.session.scalar(waiting)
    if oldest is None:
        return True, "none waits"
    age = clock.now() - oldest
    return age < WAITING_AFTER, f"oldest waits {int(age.total_seconds())} s"


@cache
def _head(folder: str) -> str | None:
    return ScriptDirectory(folder).get_current_head()


QUESTIONS: dict[str, Callable[[], tuple[bool, str]]] = {
    "database": _database,
    "migrations": _migrations,
    "worker": _worker,
    "events": _events,
}
