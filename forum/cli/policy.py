"""`flask policy begin`: the editorial policy that comes with the forum, where the network has none yet."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from forum.domain.house_rules import first_policy
from forum.infra.db import db

group = AppGroup("policy", help="The editorial policy of the network.")


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(group)


@group.command("begin")
def begin() -> None:
    """Publish the policy that comes with the forum, unless there is one."""
    begun = first_policy.begin(current_app.config["DEFAULT_LOCALE"])
    db.session.commit()
    click.echo("There is a policy already." if begun is None else "The policy is published.")
