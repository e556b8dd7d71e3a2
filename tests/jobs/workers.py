"""Workers as processes of their own, on a real database and with a real mail server."""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from forum.domain.digests import subscriptions, windows
from forum.domain.mailing import mail_queue
from forum.infra import clock
from forum.infra.db import db
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.subscriptions import Digest, Frequency
from tests.factories import actor, make_member, make_space, make_thread
from tests.jobs.forked import Forked, Plan
from tests.smtp_server import SmtpServer

ROOT = Path(__file__).resolve().parents[2]
# Each place in which a letter can be when its worker dies; the last but one is the one where nobody can know.
POINTS = ("mail.due", "mail.claimed", "mail.made", "mail.sent", "mail.booked")
UNKNOWABLE = "mail.sent"
# The real command, told to end by a signal.
COMMAND = [sys.executable, "-m", "flask", "--app", "app", "worker"]


def environment(app: Flask, smtp_url: str, folder: Path, **more: str) -> dict[str, str]:
    """The settings with which `flask worker` runs on the database of a test."""
    return {
        **os.environ,
        "FORUM_ENV": "development",
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SMTP_URL": smtp_url,
        "INSTANCE": str(folder),
        "SECRET_KEY": "x" * 40,
        **more,
    }


def states(app: Flask) -> Counter[str]:
    """How many mails there are in each state."""
    return _counted(app, OutgoingMail.state)


def window_states(app: Flask) -> Counter[str]:
    """How many digests there are in each state."""
    return _counted(app, Digest.state)


def _counted(app: Flask, column: Any) -> Counter[str]:
    with app.app_context():
        found = Counter(db.session.scalars(db.select(column)))
        db.session.remove()
    return found


def arrived(smtp: SmtpServer) -> Counter[str]:
    """How often each letter arrived, by its Message-ID."""
    return Counter(letter.message_id for letter in smtp.received)


def until(condition: Callable[[], bool], within: float) -> None:
    """Wait until it is so, at most for so many seconds."""
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def work_off(
    app: Flask, smtp: SmtpServer, *, within: float = 600, workers: int = 1, broken: str = ""
) -> None:
    """Let workers finish what is left, and end when they are told to."""
    crowd = [Forked(app, smtp.url, Plan(break_it=broken)) for _ in range(workers)]
    until(lambda: not states(app).keys() & {MailState.QUEUED, MailState.SENDING}, within)
    assert [worker.end() for worker in crowd] == [0] * workers


def queue(app: Flask, letters: int, *, lane: Lane = Lane.BULK, prefix: str = "k") -> None:
    """Queue letters for one member: what is in them costs the least."""
    with app.app_context():
        member_id = make_member(f"Reader of {prefix}").id
        rows = [
            mail_queue.mail_row("already_member", key=f"{prefix}.{number}", lane=lane, member_id=member_id)
            for number in range(letters)
        ]
        for start in range(0, letters, 500):
            mail_queue.queue_rows(rows[start : start + 500])
        db.session.commit()
        db.session.remove()


def queue_digests(app: Flask, people: int) -> None:
    """Digests queued for some people, and one letter about a password."""
    with app.app_context():
        space = make_space("Aalst")
        ann = make_member("Ann", space=space)
        for number in range(people):
            member = make_member(f"Reader {number}", space=space)
            with clock.at(clock.now() - timedelta(days=30)):
                subscriptions.choose(actor(member), frequency=Frequency.DAILY)
        make_thread(space, ann, at=clock.now() - timedelta(hours=36))
        windows.open_all(clock.now())
        mail_queue.queue_mail("password_changed", key="p1", lane=Lane.DIRECT, member_id=ann.id)
        db.session.commit()
        db.session.remove()
