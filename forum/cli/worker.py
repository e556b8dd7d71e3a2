"""`flask worker`: events, mail and the calendar."""

import click
from flask import Flask

from forum.jobs import queue, worker


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(_worker(app))


def _worker(app: Flask) -> click.Command:
    @click.command("worker")
    @click.option("--until-idle", is_flag=True, help="Do what is due now, and end.")
    def work(until_idle: bool) -> None:
        """React to events, send mail and open digests, until interrupted."""
        if until_idle:
            worker.recover(app)
            worker.open_digests(app)
            click.echo("Nothing is due any more.")
            return
        try:
            queue.run(app)
        except queue.NoQueue as error:
            raise click.ClickException(str(error)) from error

    return work
