"""`flask digests send`: open and queue the digests that are due, now or at another moment."""

from datetime import UTC, datetime

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import select

from forum.domain.digests import digests, subscriptions, windows
from forum.infra import addresses, clock
from forum.infra.db import db
from forum.infra.i18n import force_locale
from forum.models.accounts import Member

group = AppGroup("digests", help="Letters with what is new.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)


@group.command("send")
@click.option("--at", "moment", help="As if it were this moment (ISO 8601; UTC when no zone is given).")
@click.option("--dry-run", is_flag=True, help="Print the letters, open and queue nothing.")
@click.option("--member", "email", help="Only for the member with this address.")
def send(moment: str | None, dry_run: bool, email: str | None) -> None:
    """Open every window that has ended and queue its letter; the worker sends it."""
    now = _moment(moment)
    member_id = _member_id(email) if email else None
    if dry_run:
        _print(now, member_id)
        return
    # `--at` is for the calendar only: the letters themselves are due at once.
    opened = windows.open_all(now, member_id=member_id)
    db.session.commit()
    click.echo(f"Digests queued: {opened}.")


def _moment(value: str | None) -> datetime:
    if not value:
        return clock.now()
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter("write it like 2026-11-30T07:00+01:00", param_hint="--at") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _member_id(email: str) -> int:
    member_id = db.session.scalar(select(Member.id).where(Member.email == addresses.key(email)))
    if member_id is None:
        raise click.ClickException(f"Nobody has the address {email}.")
    return member_id


def _print(now: datetime, member_id: int | None) -> None:
    for digest in windows.due(now, member_id=member_id):
        member = db.session.get_one(Member, digest.member_id)
        with force_locale(
            subscriptions.locale_of(member) or current_app.config["DEFAULT_LOCALE"], member.timezone
        ):
            letter = digests.compose(digest)
            summary = letter.subject if not letter.is_empty else "nothing to say, so no letter"
            click.echo(f"{member.email} {digest.period}: {summary}")
            for lesson in letter.lessons:
                click.echo(f"  lesson  {lesson.public_id}  {lesson.title}")
            for thread in (*letter.entries, *letter.titles):
                click.echo(f"  {thread.section:10}  {thread.id}  {thread.heading}  ({thread.why})")
            for left in letter.left_out:
                click.echo(f"  left out  {left.words}")
