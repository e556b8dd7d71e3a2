"""How commands print checks: one a line, and exit 1 when one of them fails."""

import sys
from collections.abc import Iterable

import click

from forum.domain import health
from forum.domain.checks import Check
from forum.infra.connections import reading


def report(checks: Iterable[Check]) -> None:
    """Print each check with what was found; end with exit code 1 when one fails."""
    found = list(checks)
    width = max((len(check.name) for check in found), default=0)
    for check in found:
        verdict = "FAIL" if not check.good else "look" if check.warns else "ok"
        click.echo(f"{verdict:4}  {check.name:{width}}  {check.found}")
    if not all(check.good for check in found):
        sys.exit(1)


def report_work() -> None:
    """Print whether the work of the tables gets done; end with exit code 1 when something of it does not."""
    with reading():
        report(health.worker_checks())
