"""`flask lesson recount`: the counts beside the filters of the library, and what its orders go by, are made anew."""

import click
from flask import Flask
from flask.cli import AppGroup

from forum.domain.lessons import library_counts, library_keys
from forum.infra.db import db

group = AppGroup("lesson", help="Lessons.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)


@group.command("recount")
def recount() -> None:
    """Count the lessons of every space and of the whole network anew, and where each was applied.

    Safe at any moment, and twice.
    """
    library_keys.recount_all()
    library_counts.recount_all()
    db.session.commit()
    click.echo("The library is counted anew.")
