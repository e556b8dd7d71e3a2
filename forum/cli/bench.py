"""`flask bench seed`: a synthetic network to measure on."""

import time

import click
from flask import Flask
from flask.cli import AppGroup

from forum import demo
from forum.demo import synthetic, synthetic_lessons
from forum.infra.db import db

group = AppGroup("bench", help="Measuring.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)


@group.command("seed")
@click.option("--members", type=click.IntRange(1), required=True)
@click.option("--threads", type=click.IntRange(1), required=True)
@click.option("--posts", type=click.IntRange(1), required=True)
@click.option("--lessons", type=click.IntRange(0), required=True)
@click.option("--seed", "number", type=int, default=1, show_default=True)
def seed(members: int, threads: int, posts: int, lessons: int, number: int) -> None:
    """Fill an empty database with a synthetic network, the same for the same seed."""
    size = synthetic.Size(members, threads, posts, lessons)
    if not size.fits:
        raise click.ClickException(
            "Too small: at least 26 members, 30 threads, and 80 posts more than threads."
        )
    if not demo.is_empty():
        raise click.ClickException("This database has members. A synthetic network wants an empty one.")
    began = time.perf_counter()
    network = synthetic.seed(size, number)
    synthetic_lessons.seed(network)
    synthetic.line_up()
    db.session.commit()
    took = time.perf_counter() - began
    click.echo(
        f"{posts} posts in {took:.1f} s: {posts / took:.0f} a second, everything around them included."
    )
