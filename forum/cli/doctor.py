"""`flask doctor`: looks at the data, the waiting work and the machine, and changes nothing."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict

import click
from flask import Flask
from flask.cli import with_appcontext

from forum.domain.doctor import examination
from forum.domain.doctor.findings import Finding

QUIET = 2.0  # seconds, after which a run says what it is looking at


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(doctor)


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@with_appcontext
def doctor(as_json: bool) -> None:
    """Check the data against its own rules, the work that waits, and the machine; 1 when something is wrong."""
    found = examination.examine(progress=_progress())
    wrong = [finding for finding in found if not finding.warns]
    if as_json:
        click.echo(
            json.dumps({"good": not wrong, "findings": [asdict(finding) for finding in found]}, indent=2)
        )
    else:
        for finding in found:
            click.echo(_line(finding))
        click.echo(
            f"{_number(len(wrong), 'finding')}, {_number(len(found) - len(wrong), 'warning')}."
            if found
            else "Nothing is wrong."
        )
    sys.exit(1 if wrong else 0)


def _line(finding: Finding) -> str:
    ids = ", ".join(str(each) for each in finding.ids)
    more = ", …" if ids and finding.count > len(finding.ids) else ""
    which = f" ({ids}{more})" if ids else ""
    count = f"{finding.count}: " if ids or finding.count != 1 else ""
    return f"{'warning' if finding.warns else 'wrong'}: {finding.check}: {count}{finding.found}{which}"


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _progress() -> Callable[[str], None]:
    began = time.monotonic()

    def tell(name: str) -> None:
        if time.monotonic() - began > QUIET:
            click.echo(f"{time.monotonic() - began:6.0f} s  {name} …", err=True)

    return tell
