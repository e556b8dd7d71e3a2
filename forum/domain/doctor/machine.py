"""The machine around the data: clocks, rights of files, settings."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import case, func, select

from forum.domain.doctor.findings import Finding, tell_names
from forum.domain.maintenance import rotation
from forum.infra import clock, private_files, safe_settings
from forum.infra.connections import sqlite_file
from forum.infra.db import Moment, db

APART = timedelta(seconds=30)
# Moments that may lie ahead.
AHEAD = frozenset(
    {
        "next_try_at",
        "next_at",
        "expires_at",
        "check_at",
        "due_at",
        "remind_at",
        "closes_at",
        "ends_at",
        "until",
    }
)


def clocks() -> Iterator[Finding]:
    """The clock of the database against ours, and rows that are dated in the future."""
    if db.engine.dialect.name == "postgresql":  # SQLite has no clock of its own
        apart = db.session.scalars(select(func.clock_timestamp())).one() - clock.now()
        if abs(apart) > APART:
            found = f"the clock of the database is {apart.total_seconds():+.0f} s from that of this machine"
            yield Finding("clock", 1, found)
    latest = clock.now() + APART
    for table in db.metadata.sorted_tables:
        moments = [
            column for column in table.columns if isinstance(column.type, Moment) and column.name not in AHEAD
        ]
        if not moments:
            continue
        counts: Any = [func.sum(case((column > latest, 1), else_=0)) for column in moments]
        for column, count in zip(moments, db.session.execute(select(*counts)).one(), strict=True):
            if count:
                found = f"rows of {table.name} whose {column.name} lies in the future: is a clock wrong?"
                yield Finding("future rows", count, found)


def files() -> Iterator[Finding]:
    """Settings, database, files of the instance and backups that others can read, or that we cannot write.

    Settings outside production hold nothing that anybody lives on: they are warned of.
    """
    config = current_app.config
    wrong = {
        *private_files.wrong_rights(Path(config["INSTANCE"])),
        *private_files.wrong_database(sqlite_file(db.engine.engine.url)),
    }
    if kept := config["BACKUPS"]:
        wrong.update(private_files.wrong_backups(Path(kept)))
    found = "files of the instance or backups that others can read, or that the forum may not write"
    yield from tell_names("file rights", found, (path.name for path in wrong))
    found = "settings that others can read, or that more than their owner can change: `chmod 640`"
    names = [path.name for path in private_files.wrong_settings(Path(config["ROOT"]))]
    for finding in tell_names("file rights", found, names):
        yield replace(finding, warns=config["ENV_NAME"] != "production")


def backups() -> Iterator[Finding]:
    """Backups in the folder that are dated in the future: they count for nothing there."""
    if kept := current_app.config["BACKUPS"]:
        early = rotation.ahead((path.name for path in Path(kept).glob("*")), clock.now())
        found = "backups whose name lies in the future, which do not count as backups: is a clock wrong?"
        yield from tell_names("backups", found, early)


def settings() -> Iterator[Finding]:
    """What production would refuse; where it does, it did not start."""
    for sentence in safe_settings.unsafe(current_app.config):
        yield Finding("settings", 1, f"{sentence} (production would not start)", warns=True)
