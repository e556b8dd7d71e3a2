"""`flask backup`: one file with everything but the secret key, made while people post."""

import time
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext

from forum.cli.operating import backup_folder, media_folder, sentences, size_in_words, write_down
from forum.domain.maintenance import rotation
from forum.infra import clock, private_files
from forum.infra.backups import making, reading
from forum.infra.backups.archive import Manifest
from forum.infra.backups.problems import Problem, told
from forum.infra.backups.workspace import taken
from forum.infra.db import db
from forum.models.maintenance import MaintenanceKind


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(backup)


@click.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
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
            private_files.make_folder(folder)
            made = folder / rotation.name_at(clock.now())
            _make(made)
            _rotate(made)


def in_words(manifest: Manifest) -> str:
    """Return when a backup was made, and how much is in it."""
    counts = ", ".join(f"{manifest.counts.get(table, 0)} {table}s" for table in ("member", "thread", "post"))
    return f"made {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, {counts}"


def _make(file: Path) -> None:
    if file.exists():
        raise taken(file)  # somebody's slip, and no backup that failed
    began = time.monotonic()
    try:
        manifest = making.make(db.engine.url, file, media=media_folder())
    except (Problem, private_files.Unwritable) as error:
        write_down(MaintenanceKind.BACKUP, file, good=False, found=str(error), since=began)
        raise
    seconds = time.monotonic() - began
    write_down(MaintenanceKind.BACKUP, file, good=True, found="", since=began)
    click.echo(f"{file}: {in_words(manifest)}; {size_in_words(file.stat().st_size)} in {seconds:.1f} s.")
    click.echo("SECRET_KEY is not in it: keep it apart.")


def _rotate(made: Path) -> None:
    names = [path.name for path in made.parent.iterdir() if path.is_file() and not path.is_symlink()]
    for name in sorted(rotation.outdated(names, just_made=made.name)):
        with told(made.parent / name):
            (made.parent / name).unlink(missing_ok=True)
        click.echo(f"{name} was removed: others stand for its day, week and month.")
