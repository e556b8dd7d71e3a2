"""What the commands about backups share: problems become sentences, and a stop from outside cleans up first."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from forum.domain import health
from forum.domain.maintenance import records, rotation, triggers
from forum.infra import clock, failures, tokens
from forum.infra.backups import making, reading
from forum.infra.backups.archive import Manifest
from forum.infra.backups.problems import Problem
from forum.infra.backups.strange import Triggers
from forum.infra.db import db, elsewhere
from forum.infra.private_files import Unwritable
from forum.models.maintenance import MaintenanceKind

KEY = ("backup", "SECRET_KEY")  # what the mark of a backup is made of, with the key
STOPS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def sentences() -> Iterator[None]:
    """Let problems end the command with their sentence; end it by way of its clean-up when it is told to stop."""
    # What was started with `nohup` goes on when its terminal hangs up.
    heeded = [stop for stop in STOPS if signal.getsignal(stop) is not signal.SIG_IGN]
    before = {stop: signal.signal(stop, _stop) for stop in heeded}
    try:
        yield
    except (Problem, Unwritable) as error:
        raise click.ClickException(str(error)) from error
    finally:
        for stop, handler in before.items():
            signal.signal(stop, handler)


def backup_folder() -> Path:
    """Return the folder of the setting BACKUPS; Problem without one."""
    if not current_app.config["BACKUPS"]:
        raise Problem("Name a FILE, or set BACKUPS to the folder for backups.")
    return Path(current_app.config["BACKUPS"])


def newest_backup() -> Path:
    """Return the newest backup of this forum in the folder of BACKUPS; Problem where there is none.

    One that is damaged counts: it is what a drill has to tell. One that others may read and we may not does not.
    """
    folder = backup_folder()
    if early := rotation.ahead((path.name for path in folder.glob("*")), clock.now()):
        click.echo(f"{min(early)} is dated in the future and does not count: is a clock wrong?", err=True)
    kind, forum = db.engine.url.get_backend_name(), _forum()
    for path in reversed(backups_in(folder)):
        manifest = reading.told_by(path)
        if manifest is None and not os.access(path, os.R_OK):
            click.echo(f"{path} cannot be read and does not count: whose is it?", err=True)
        elif manifest is None or not forum or is_of(manifest, kind, forum):
            return path
    raise Problem(f"There is no backup of this forum in {folder} yet.")


def is_of(manifest: Manifest, kind: str, forum: str) -> bool:
    """Return whether a backup is of this kind of database and this forum; one without members may be of any."""
    return manifest.database == kind and manifest.forum in {"", forum}


def backups_in(folder: Path) -> list[Path]:
    """Return the backups that were made in this folder by the clock, the newest last."""
    paths = [path for path in folder.glob("*") if path.is_file() and not path.is_symlink()]
    early = rotation.ahead((path.name for path in paths), clock.now())
    return sorted(path for path in paths if rotation.moment_of(path.name) and path.name not in early)


def in_words(manifest: Manifest) -> str:
    """Return when a backup was made, and how much is in it."""
    counts = ", ".join(f"{manifest.counts.get(table, 0)} {table}s" for table in ("member", "thread", "post"))
    return f"made {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, {counts}"


def tell_of_another_key(manifest: Manifest) -> None:
    """Say so where SECRET_KEY is not the one with which a backup was made."""
    if manifest.key and manifest.key not in tokens.marks(*KEY):
        click.echo(
            "SECRET_KEY is another one than when this backup was made: links in older mails will not work."
            " Put the old key in SECRET_KEY_FALLBACKS.",
            err=True,
        )


def our_triggers(manifest: Manifest) -> Triggers:
    """Return which triggers come in with a backup, for the functions that restore one; the others are told."""
    return Triggers(triggers.names(is_sqlite=manifest.database == "sqlite"), tell_of_strange_triggers)


def tell_of_strange_triggers(names: list[str]) -> None:
    """Say which triggers and rules a restore does not bring back, if there are any."""
    if names:
        # Whoever made a backup also chose these names.
        listed = ", ".join(ascii(name) for name in names)
        click.echo(
            f"Triggers or rules that are not of this forum, which no restore brings back: {listed}.", err=True
        )


def media_folder() -> Path:
    """Return where media lie, if there are any."""
    return Path(current_app.config["INSTANCE"]) / "media"


def migrate(url: URL) -> None:
    """Bring the database at this address to the schema of this code; Problem."""
    try:
        with elsewhere(url):
            upgrade()
    except (SQLAlchemyError, RuntimeError, SystemExit) as error:  # whose words may be those of people
        # Flask-Migrate logs some errors and exits with 1 instead; a stop from outside goes on.
        if isinstance(error, SystemExit) and error.code != 1:
            raise
        raise Problem(
            f"It cannot be brought to the schema of this code: a migration failed ({type(error).__name__})."
        ) from error


def require_database() -> None:
    """Refuse to look for a database where there is no file of that name; Problem."""
    if missing := health.missing_database():
        raise Problem(missing[0].upper() + missing[1:])


def write_down(kind: MaintenanceKind, file: Path | None, *, good: bool, found: str, since: float) -> None:
    """Write into the live database what was done with a file, and commit; `since` is a moment of `time.monotonic`."""
    if missing := health.missing_database():
        click.echo(f"It is not written down: {missing}", err=True)
        return
    name, size = (file.name, file.stat().st_size if file.is_file() else 0) if file else ("", 0)
    seconds = time.monotonic() - since
    try:
        records.record(kind, name=name, good=good, found=found, seconds=seconds, size=size)
        db.session.commit()
    except SQLAlchemyError as error:  # away, full, or of another release: the file counts
        db.session.rollback()
        click.echo(f"It is not written down in the database: {failures.reason(error)}", err=True)


def _forum() -> str:
    try:
        return making.forum_of(db.engine.url)
    except Problem:
        return ""  # a database that is away, or of nobody: what is the matter is said where it is needed


def _stop(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
