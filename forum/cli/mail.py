"""`flask mail`: what waits and what failed, trying it again, letting mail go, and whether letters arrive at all."""

import json
import sys
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from email.utils import parseaddr
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from forum.cli.checks import report
from forum.domain.mailing import (
    complaints,
    hold,
    mail_status,
    return_paths,
    sender_records,
    workers,
)
from forum.domain.mailing.mail_status import Letter
from forum.infra import addresses
from forum.infra.connections import reading
from forum.infra.db import db
from forum.infra.dns import Names, NoReply
from forum.infra.mail_errors import Away, MailError, Permanent, Uncertain
from forum.infra.mailer import open_mailer
from forum.jobs.trial_letter import trial_letter
from forum.models.mail import Lane, MailState

group = AppGroup("mail", help="Outgoing mail: what waits, what failed, and whether it arrives.")
COLUMNS = ("waiting", "later", "sending", "failed", "uncertain", "sent")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)


@group.command("status")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(as_json: bool) -> None:
    """Say what waits in each lane, what needs a person, and who is at work."""
    with reading():
        lanes, letters, alive = mail_status.lanes(), mail_status.for_a_person(), workers.live()
        copy, waits = hold.holding_copy(), mail_status.why_waiting()
        counted = complaints.of_last_week()
        kept_back = mail_status.kept_back()
    if as_json:
        told = {
            "held": {"since": copy.restored_at, "backup_made_at": copy.backup_made_at} if copy else None,
            "lanes": {lane.lane: {name: getattr(lane, name) for name in (*COLUMNS, "oldest_at")} for lane in lanes},
            "stopped_addresses": counted.stopped_addresses,
            "digests_wait": counted.stop_digests,
            "waits": {lane: asdict(each) for lane, each in waits.items()},
            "workers": [
                {"name": each.name, "at": each.at, "lanes": sorted(each.lanes)} for each in alive
            ],
            "for_a_person": [
                {name: getattr(each, name) for name in Letter.__slots__} for each in letters
            ],
        }  # fmt: skip
        click.echo(json.dumps(told, default=_moment, indent=2))
        return
    if copy:
        _say_held(copy.restored_at, copy.backup_made_at)
    click.echo(f"{'lane':8}" + "".join(f"{name:>11}" for name in COLUMNS) + "  oldest due since")
    for lane in lanes:
        counts = "".join(f"{getattr(lane, name):>11}" for name in COLUMNS)
        click.echo(f"{lane.lane:8}{counts}  {_moment(lane.oldest_at) if lane.oldest_at else '-'}")
    click.echo("later: tried again, or not to leave before a time; sent: in the last 24 hours.")
    for lane_name, each in waits.items():
        click.echo(f"{lane_name} waits ({each.tried} tried, next at {_moment(each.at)}): {each.reason}")
    names = "; ".join(f"{each.name} ({', '.join(sorted(each.lanes)) or 'no lane'})" for each in alive)
    click.echo(f"Workers: {names or 'none lives: nothing is sent. Start `flask worker`.'}")
    _say_kept_back(kept_back)
    if counted.stop_digests:
        click.echo("NO DIGEST GOES OUT: too many people call our mail unwanted (`flask mail complaints`).")
    if counted.stopped_addresses:
        click.echo(
            f"{counted.stopped_addresses} addresses get no mail: it came back from there, or was not wanted."
        )
    _say_letters(letters)


def _say_held(restored_at: datetime, backup_made_at: datetime) -> None:
    click.echo(
        f"ALL MAIL IS HELD since {_moment(restored_at)}: this forum was restored from a backup of "
        f"{_moment(backup_made_at)}.\n`flask mail release` lets mail go again; "
        f"what was due before {_moment(restored_at)} is cancelled."
    )


def _say_kept_back(kept_back: Counter[tuple[Lane, int]]) -> None:
    """Say for how many domains mail waits because they got so much, and what they got."""
    most = current_app.config["MAIL_PER_DOMAIN_PER_HOUR"]
    for (lane, reached), domains in sorted(kept_back.items()):
        if reached == most:
            why = f"{domains} domains got all that they may, {most} in an hour"
        elif reached:
            why = f"{domains} domains got what they may, {reached} of {most} in an hour"
        else:
            why = f"{domains} domains may get one, and lane {lane} has no turn in this hour"
        click.echo(f"{why} (MAIL_PER_DOMAIN_PER_HOUR): what lane {lane} has for them waits.")


def _say_letters(letters: list[Letter]) -> None:
    if not letters:
        click.echo("No letter needs a person.")
        return
    click.echo("Letters that need a person, the newest first (`flask mail retry ID…` tries them again):")
    for each in letters:
        click.echo(
            f"  {each.id:>8}  {each.state:9}  {each.lane:6}  {each.kind:16}  {_moment(each.at)}  {each.reason}"
        )


def _moment(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"not for JSON: {type(value).__name__}")
    return value.strftime("%Y-%m-%dT%H:%MZ")


@group.command("retry")
@click.argument("ids", type=click.IntRange(1, 2**31 - 1), nargs=-1, metavar="[ID]…")
@click.option("--uncertain", is_flag=True, help="Those that are uncertain: they may arrive twice.")
def retry(ids: tuple[int, ...], uncertain: bool) -> None:
    """Queue letters that failed anew: these, or all of them."""
    state = MailState.UNCERTAIN if uncertain else MailState.FAILED
    before = mail_status.states(ids)
    queued = mail_status.retry(ids or None, state=state)
    db.session.commit()
    click.echo(f"Queued anew: {queued}.")
    left = [(number, before.get(number)) for number in dict.fromkeys(ids) if before.get(number) != state]
    for number, found in left:
        click.echo(f"{number}: {_why_not(found)}")
    old = sum(before.get(number) == state for number in dict.fromkeys(ids)) - queued if ids else 0
    if old:
        click.echo(f"{old} stayed as they were: they were due before this copy was restored.")
    if left or old:
        sys.exit(1)


def _why_not(found: MailState | None) -> str:
    if found is None:
        return "there is no such letter."
    if found == MailState.UNCERTAIN:
        return "it is uncertain: perhaps it arrived. --uncertain sends it once more."
    return f"it is {found.value}: nothing to try again."


@group.command("release")
def release() -> None:
    """Let the mail of a restored copy go again."""
    cancelled = hold.release()
    if cancelled is None:
        click.echo("No mail is held.")
        return
    db.session.commit()
    click.echo(f"Mail goes out again. Cancelled, because they were due before the restore: {cancelled}.")


@group.command("complaints")
@click.option("--lift", is_flag=True, help="Let digests go that wait: these complaints count no more.")
def complaints_(lift: bool) -> None:
    """Say how many people called one of our mails unwanted in the last week, and whether digests wait for that."""
    counted = complaints.of_last_week()
    if counted.people < complaints.FEWEST:
        click.echo(f"{counted.people} people called a mail of the last week unwanted: too few to count.")
    else:
        click.echo(f"{counted.people} people called one of {counted.sent} mails of the last week unwanted.")
    if not counted.stop_digests:
        click.echo("Digests go out.")
    elif not lift:
        click.echo(f"They are the members {', '.join(map(str, complaints.members()))}.")
        click.echo("NO DIGEST GOES OUT until it is less than 3 in 1000. Find out why; --lift lets them go.")
    elif complaints.lift() is not None:
        db.session.commit()
        click.echo("Digests go out again. Who complained stays unsubscribed.")


@group.command("test")
@click.argument("address")
def test(address: str) -> None:
    """Send one letter to ADDRESS now, and say what the mail server answers."""
    if addresses.clean(address) is None:
        raise click.ClickException("That is no e-mail address.")
    if hold.is_held():
        click.echo("All other mail is held: this is a restored copy. This letter goes out all the same.")
    letter = trial_letter(address)
    try:
        with open_mailer(current_app.config["SMTP_URL"]) as mailer:
            mailer.send(letter)
    except ValueError as error:
        raise click.ClickException(f"SMTP_URL cannot be used: {error}.") from error
    except MailError as error:
        raise click.ClickException(f"{_what_it_means(error)}: {error.reason}") from error
    scheme = current_app.config["SMTP_URL"].partition(":")[0]
    if scheme in {"mailbox", "memory"}:
        click.echo(f"SMTP_URL is {scheme}: — the letter is kept on this machine and reaches nobody.")
        return
    click.echo(
        "The mail server took it. Look whether it arrives, also among unwanted mail; "
        f"its Message-ID is {letter['Message-ID']}."
    )


def _what_it_means(error: MailError) -> str:
    if isinstance(error, Permanent):
        return "The mail server refuses it for good"
    if isinstance(error, Uncertain):
        return "It was sent and no answer came, so it may arrive"
    if isinstance(error, Away):
        return "The mail server cannot be used at this moment"
    return "The mail server does not take it now"


@group.command("check")
@click.option("--selector", help="The name of the key that signs letters: s=… in DKIM-Signature.")
@click.option("--resolver", metavar="HOST[:PORT]", help="The IP address of a name server to ask.")
def check(selector: str | None, resolver: str | None) -> None:
    """Look whether the domains of MAIL_FROM and BOUNCE_ADDRESS publish what other mail servers want to see."""
    _user, mark, domain = parseaddr(current_app.config["MAIL_FROM"])[1].lower().rpartition("@")
    try:
        domain = addresses.ascii_domain(domain if mark else "")
    except ValueError as error:
        raise click.ClickException("MAIL_FROM is no e-mail address.") from error
    try:
        names = Names(resolver)
    except ValueError as error:
        raise click.BadParameter(
            "write an IP address, with :port or without", param_hint="--resolver"
        ) from error
    except NoReply as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The domain of MAIL_FROM is {domain}.")
    returned_to = return_paths.plain().rpartition("@")[2]
    report(sender_records.check(names, domain, selector=selector, returned_to=returned_to))
