"""`flask search rebuild`: everything that search finds texts by is made anew; the forum may run meanwhile."""

import time
from collections import Counter

import click
from flask import Flask
from flask.cli import AppGroup

from forum.domain.indexing import making, rebuilding, word_table
from forum.infra.db import db

QUIET = 2.0  # seconds between two lines about how far it is
group = AppGroup("search", help="What search finds texts by.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)


@group.command("rebuild")
@click.option("--resume", is_flag=True, help="Go on where an earlier run, or the worker, was.")
def rebuild(resume: bool) -> None:
    """Make the keys of all words and the index of all texts anew. Safe at any moment.

    New and changed texts can be found all the time; older ones from the moment that their turn was.
    """
    if not resume:
        rebuilding.mend_tables()
        rebuilding.begin_anew()
        db.session.commit()
    done: Counter[str] = Counter()
    said = time.monotonic()
    try:
        for step in making.steps(db.session.commit):
            if step.kind != making.WAITING:
                done[step.kind] += step.rows
            if time.monotonic() - said > QUIET:
                said = time.monotonic()
                waits = f"waiting for {step.rows} who write" if step.kind == making.WAITING else _sum(done)
                click.echo(f"{waits} …")
    except making.StillWriting as error:
        raise click.ClickException(_still_writing(error)) from error
    click.echo(f"{_sum(done)}: all can be found.")


def _still_writing(error: making.StillWriting) -> str:
    processes = ", ".join(map(str, error.processes))
    return (
        f"Somebody has been writing for {making.PATIENCE:.0f} seconds (PostgreSQL process {processes}), with words of"
        " before. Nothing is lost: the words are kept, and the worker goes on by itself. To do it at once, wait until"
        " that is over, or end it, and run `flask search rebuild --resume`."
    )


def _sum(done: Counter[str]) -> str:
    names = ((word_table.NAME, "irregular forms"), *((name, f"{name}s") for name in rebuilding.NAMES))
    return ", ".join(f"{done[name]} {words}" for name, words in names if name in done) or "nothing to do"
