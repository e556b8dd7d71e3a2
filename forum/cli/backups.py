"""`flask backup`: one file with everything but the secret key, made while people post."""

import time
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy import text

from forum.cli.file_names import FileName
from forum.cli.operating import (
    KEY,
    backup_folder,
    backups_in,
    in_words,
    is_of,
    media_folder,
    require_database,
    sentences,
    tell_of_strange_triggers,
    write_down,
)
from forum.domain.mailing import hold
from forum.domain.maintenance import rotation, triggers
from forum.infra import clock, disks, private_files, tokens
from forum.infra.backups import making, reading
from forum.infra.backups.archive import Manifest
from forum.infra.backups.problems import Problem, told
from forum.infra.backups.snapshot import place_of
from forum.infra.db import db
from forum.models.maintenance import MaintenanceKind


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(backup)


@click.command("backup")
@click.argument("file", required=False, type=FileName())
@click.option(
    "--check", "only_check", is_flag=True, help="Read the whole of FILE and say whether it is sound."
)
@with_appcontext
def backup(file: Path | None, only_check: bool) -> None:
    """Back up database and media into a new FILE; without FILE into the folder BACKUPS, where old ones go."""
    with sentences():
        if only_check:
            if file is None:
                raise Problem("Name the FILE to check.")
            click.echo(f"{file} is whole: {in_words(reading.check(file))}.")
        elif file is not None:
            _make(file)
        else:
            folder = backup_folder()
            made = folder / rotation.name_at(clock.now())
            _rotate(made, _make(made, keeping=True))


def _make(file: Path, *, keeping: bool = False) -> Manifest:
    """Back up into this file and write that down; `keeping`: beside those that are kept, in the folder for backups."""
    if not keeping:
        making.require_place(file)  # a slip of the hand is no backup that failed
    require_database()
    began = time.monotonic()
    try:
        if keeping:
            private_files.make_folder(file.parent)
        manifest = making.make(
            db.engine.url,
            file,
            media=media_folder(),
            key=tokens.mark(*KEY),
            accept=_members_beside(file.parent) if keeping else None,
        )
    except (Problem, private_files.Unwritable) as error:
        write_down(MaintenanceKind.BACKUP, file, good=False, found=str(error), since=began)
        raise
    seconds = time.monotonic() - began
    write_down(MaintenanceKind.BACKUP, file, good=True, found="", since=began)
    click.echo(f"{file}: {in_words(manifest)}; {disks.in_words(file.stat().st_size)} in {seconds:.1f} s.")
    click.echo("SECRET_KEY is not in it: keep it apart.")
    query = triggers.strange(is_sqlite=manifest.database == "sqlite")
    tell_of_strange_triggers(sorted(db.session.scalars(text(query))))
    return manifest


def _members_beside(folder: Path) -> Callable[[Manifest], None]:
    """A refusal of a backup without members where those in the folder have some: it would take the place of one."""

    def accept(made: Manifest) -> None:
        if made.members:
            return
        for path in reversed(backups_in(folder)):
            if (older := reading.told_by(path)) and older.members:
                raise Problem(
                    f"The database has no members, and the newest backup in {folder} with some has {older.members}:"
                    f" is DATABASE_URL right? It names {place_of(db.engine.url)}. Nothing was kept or removed."
                    " A forum that begins anew needs a folder for backups of its own."
                )

    return accept


def _rotate(made: Path, manifest: Manifest) -> None:
    """Remove what is outdated among the backups of this forum, unless this copy of it was only just restored.

    Those of another one stand for nothing here, nor does what cannot be read: whose it is, nobody knows.
    """
    if hold.is_held():
        click.echo(
            "No older backup was removed, as this restored copy still holds its mail (flask mail release)."
        )
        return
    names, strange = [], 0
    for path in backups_in(made.parent):
        found = reading.told_by(path)
        if found and is_of(found, manifest.database, manifest.forum):
            names.append(path.name)
        else:
            strange += 1
    if strange:
        click.echo(
            "Backups of another forum or database in that folder, and such that cannot be read,"
            f" which are kept: {strange}."
        )
    for name in sorted(rotation.outdated(names, just_made=made.name)):
        with told(made.parent / name):
            (made.parent / name).unlink(missing_ok=True)
        click.echo(f"{name} was removed: others stand for its day, week and month.")
