"""`flask restore`: a backup into an empty instance; nobody is signed in there, and its mail is held."""

from datetime import timedelta
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext

from forum.cli.file_names import FileName
from forum.cli.operating import (
    in_words,
    media_folder,
    migrate,
    our_triggers,
    sentences,
    tell_of_another_key,
)
from forum.domain import schema
from forum.domain.maintenance import restored
from forum.infra import clock
from forum.infra.backups import reading, restoring
from forum.infra.backups.snapshot import place_of
from forum.infra.db import db

NEXT = """
Everybody is signed out, and all mail is held. What comes next:

1. `flask db upgrade && flask rerender`, as after each update. Start web server and worker, with the SECRET_KEY of then.
2. Sign in as an administrator and look around: is everything there?
3. `flask mail release` lets mail go out again. What was due before {moment} UTC is never sent from here.
"""
CLOCKS = (
    "The backup says that it was made at {made} UTC, which lies ahead of the clock of this machine: one of the two"
    " clocks is wrong. What falls due before that moment is never sent from here."
)


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(restore)


@click.command("restore")
@click.argument("file", type=FileName())
@with_appcontext
def restore(file: Path) -> None:
    """Bring the backup FILE into an empty instance: a database without members. There is no way to overwrite one."""
    with sentences():
        manifest = reading.check(file)
        url = db.engine.url
        restoring.require_fit(manifest, url, schema.known())
        click.echo(f"{file} ({in_words(manifest)}) goes into {place_of(url)}.")
        # Mail that was due in the backup is never sent from here, also where one of the two clocks is wrong.
        now = max(clock.now(), manifest.made_at)
        if now - clock.now() > timedelta(minutes=1):
            click.echo(CLOCKS.format(made=f"{now:%Y-%m-%d %H:%M:%S}"), err=True)
        made, is_sqlite = manifest.made_at, manifest.database == "sqlite"
        restoring.restore(
            file,
            manifest,
            url,
            media=media_folder(),
            statements=restored.statements(made_at=made, restored_at=now, is_sqlite=is_sqlite),
            holds=restored.holds(made_at=made, restored_at=now, is_sqlite=is_sqlite),
            triggers=our_triggers(manifest),
            migrate=migrate,
        )
    click.echo(f"Restored into {place_of(url)}: {in_words(manifest)}.")
    tell_of_another_key(manifest)
    click.echo(NEXT.format(moment=f"{now:%Y-%m-%d %H:%M:%S}"))
