"""`flask worker`: events, mail and recurring work."""

import sys

import click
from flask import Flask

from forum.cli import checks
from forum.domain.mailing import hold
from forum.jobs import worker
from forum.models.mail import Lane

LANES = ",".join(Lane)


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(_worker(app))


def _worker(app: Flask) -> click.Command:
    @click.command("worker")
    @click.option("--lanes", default=LANES, show_default=True, callback=_lanes, help="Which mail it sends.")
    @click.option("--ready", is_flag=True, help="Say whether the work gets done; exit 1 when it does not.")
    @click.option("--until-idle", is_flag=True, help="Do what is due now, and end.")
    def work(lanes: list[Lane], ready: bool, until_idle: bool) -> None:
        """React to events, send mail and do recurring work, until interrupted.

        Every worker does events and recurring work. Any number may run at once, on SQLite those of one machine.
        """
        if ready:
            checks.report_work()
            return
        if until_idle:
            _report(app, worker.work_off(app, lanes))
            return
        sys.exit(worker.Worker(app, lanes).run())

    return work


def _report(app: Flask, waiting: list[str]) -> None:
    """Say what waits all the same; exit 1 when anything does that should not."""
    if waiting:
        sys.exit(f"Still due: {', '.join(waiting)}. `flask mail status` says why mail waits.")
    with app.app_context():
        held = hold.is_held()
    click.echo("Mail is held: `flask mail release`." if held else "Nothing is due any more.")


def _lanes(_context: click.Context, _option: click.Parameter, value: str) -> list[Lane]:
    names = [name.strip() for name in value.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Lane)]
    if unknown or not names:
        raise click.BadParameter(f"choose from {LANES}, with commas between them")
    return [Lane(name) for name in names]
