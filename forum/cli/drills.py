"""`flask drill`: restores the newest backup beside the instance, and writes down whether it is one to rely on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from forum.cli.file_names import FileName
from forum.cli.operating import (
    in_words,
    migrate,
    newest_backup,
    our_triggers,
    sentences,
    tell_of_another_key,
    write_down,
)
from forum.domain import schema
from forum.domain.doctor import examination
from forum.infra import private_files
from forum.infra.backups import reading, restoring
from forum.infra.backups.archive import Manifest
from forum.infra.backups.beside import temporary_database
from forum.infra.backups.problems import Problem, told
from forum.infra.backups.workspace import workspace
from forum.infra.connections import sqlite_file
from forum.infra.db import db, elsewhere
from forum.models.accounts import Member
from forum.models.maintenance import MaintenanceKind


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(drill)


@click.command("drill")
@click.argument("file", required=False, type=FileName())
@with_appcontext
def drill(file: Path | None) -> None:
    """Restore FILE, or the newest backup of BACKUPS, into a database beside this one, look at it, and remove it."""
    began = time.monotonic()
    with sentences():
        if file is not None and not file.is_file():
            raise Problem(f"There is no file {file}.")  # a slip of the hand is no drill that failed
        result = partial(write_down, MaintenanceKind.DRILL, since=began)
        try:
            file = file or newest_backup()
            found, good = _try(file)
        except (Problem, private_files.Unwritable) as error:
            found, good = str(error), False
        except SQLAlchemyError as error:  # whose words may be those of people
            found, good = f"This code cannot read the copy ({type(error).__name__}).", False
        except Exception as error:  # a fault of ours: it counts as a failure, and comes out as what it is
            result(file, good=False, found=f"The drill could not be done ({type(error).__name__}).")
            raise
        result(file, good=good, found=found)
        if not good:
            raise Problem(found)
    click.echo(f"{file} can be relied on: {found}. It took {time.monotonic() - began:.1f} s.")


def _try(file: Path) -> tuple[str, bool]:
    """What was found, and whether it is good; Problem when it cannot even be restored."""
    manifest = reading.check(file)
    restoring.require_fit(manifest, db.engine.url, schema.known())
    tell_of_another_key(manifest)
    if not manifest.members and (members := _members()):
        return f"No members are in the backup, and {members} are in the forum: {in_words(manifest)}", False
    with _beside(file, manifest) as url:
        migrate(url)
        with elsewhere(url):
            wrong = [each for each in examination.examine(data_only=True) if not each.warns]
    if wrong:
        found = "; ".join(f"{each.check}: {each.count}: {each.found}" for each in wrong)
        return f"The copy is whole, and the doctor finds in it: {found} ({in_words(manifest)})", False
    return in_words(manifest), True


def _members() -> int:
    """How many members the forum has; 0 where its database has no table of them yet."""
    try:
        return db.session.scalar(select(func.count()).select_from(Member)) or 0
    except SQLAlchemyError:
        return 0
    finally:
        db.session.rollback()


@contextmanager
def _beside(file: Path, manifest: Manifest) -> Iterator[URL]:
    """A database with what the backup holds, compared with what the manifest says, for the length of the block."""
    own = db.engine.url
    path = sqlite_file(own)
    folder = path.absolute().parent if path else Path(current_app.config["INSTANCE"])
    private_files.make_folder(folder)
    triggers = our_triggers(manifest)
    with told(folder), workspace(folder) as unfinished:
        if path is not None:
            yield own.set(database=str(restoring.unpacked(file, manifest, unfinished, triggers)))
            return
        with temporary_database(own) as url:
            restoring.bring_beside(file, manifest, url, unfinished, triggers)
            yield url
