"""`flask bench seed`: a synthetic network to measure on."""

import time
from datetime import UTC, datetime

import click
from flask import Flask
from flask.cli import AppGroup

from forum import demo
from forum.demo.synthetic import seeding
from forum.demo.synthetic.size import Size
from forum.infra import clock
from forum.infra.db import db

group = AppGroup("bench", help="Measuring.")
MOMENTS = click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S"])


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)


@group.command("seed")
@click.option("--members", type=click.IntRange(1), required=True)
@click.option("--threads", type=click.IntRange(1), required=True)
@click.option("--posts", type=click.IntRange(1), required=True)
@click.option("--lessons", type=click.IntRange(0), required=True)
@click.option("--seed", "number", type=int, default=1, show_default=True)
@click.option("--at", "moment", type=MOMENTS, help="The network's present (UTC when no zone is given).")
def seed(members: int, threads: int, posts: int, lessons: int, number: int, moment: datetime | None) -> None:
    """Fill an empty database with a synthetic network, the same for the same seed and moment."""
    size = Size(members, threads, posts, lessons)
    if not size.fits:
        raise click.ClickException(
            "Too small: at least 26 members, 30 threads and 400 posts, and posts enough for a few in each thread."
        )
    if not demo.is_empty():
        raise click.ClickException("This database has members. A synthetic network wants an empty one.")
    done = seeding.seed(db.session.connection(), size, number=number, now=_now(moment))
    db.session.commit()
    began = time.perf_counter()
    seeding.analyse(db.session.connection())
    db.session.commit()
    click.echo(
        f"rows: {done.rows} in {done.writing:.1f} s, {posts / done.writing:.0f} posts a second;"
        f" indexes and keys: {done.indexing:.1f} s; search: {done.keying:.1f} s;"
        f" statistics: {time.perf_counter() - began:.1f} s; memory: {seeding.megabytes():.0f} MB"
    )


def _now(moment: datetime | None) -> datetime:
    if moment is None:
        return clock.now()
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
