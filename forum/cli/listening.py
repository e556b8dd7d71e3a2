"""`flask mail listen`: the door at which reports about our mail arrive."""

from pathlib import Path

import click
from flask import Flask

from forum.cli import mail
from forum.infra import lmtp
from forum.jobs.incoming import Reports

PORT = 8024


def register(app: Flask) -> None:
    """Add the command to those about mail."""
    mail.group.add_command(_listen(app))


def _listen(app: Flask) -> click.Command:
    @click.command("listen")
    @click.option("--host", default="127.0.0.1", show_default=True, help="The address of this machine.")
    @click.option(
        "--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="0: any free one."
    )
    @click.option(
        "--socket", type=click.Path(path_type=Path, dir_okay=False), help="A socket, instead of a port."
    )
    def listen(host: str, port: int, socket: Path | None) -> None:
        """Take reports about our mail from the mail server of this machine (LMTP), until interrupted.

        What comes back, and what is reported as unwanted, counts for its address. Everything else is taken too, and
        nothing comes of it.
        """
        if not app.config["BOUNCE_ADDRESS"]:
            raise click.ClickException("BOUNCE_ADDRESS is not set: nothing can come back here.")
        reports = Reports(app)
        door = lmtp.Door(knows=reports.knows, take=reports.take)
        try:
            lmtp.serve(door, host=host, port=port, socket=socket, ready=_say)
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no address"
            raise click.ClickException(f"It cannot listen there: {reason or error}.") from error

    return listen


def _say(where: str) -> None:
    click.echo(f"Listening for reports at {where} (LMTP).")
