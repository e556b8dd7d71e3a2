"""`flask demo load`: the demo network into an empty database."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from forum import demo as network
from forum.infra.db import db

group = AppGroup("demo", help="The demo network.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)


@group.command("load")
@click.option("--force", is_flag=True, help="Also beside members that are there already.")
def load(force: bool) -> None:
    """Load demo/demo_nl.json; with FORUM_DEMO=1 its people can sign in."""
    try:
        counts = network.load(with_password=current_app.config["DEMO"], force=force)
    except network.AlreadyThere as error:
        raise click.ClickException("The demo is in this database already.") from error
    except network.Refused as error:
        raise click.ClickException(
            "This database has members. --force brings the demo in beside them."
        ) from error
    db.session.commit()
    for name, number in counts.items():
        click.echo(f"{number:6}  {name}")
    if not current_app.config["DEMO"]:
        click.echo("Nobody of the demo can sign in: FORUM_DEMO is off.")
