"""Workers as processes of their own, on a real database and with a real mail server."""

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from flask import Flask

from forum.domain.digests import digests, subscriptions
from forum.domain.mailing import mail_queue
from forum.infra import clock
from forum.infra.db import db
from forum.models.mail import Lane, OutgoingMail
from forum.models.subscriptions import Digest, Frequency
from tests.factories import actor, make_member, make_space, make_thread

ROOT = Path(__file__).resolve().parents[2]
# A worker that does what is due and ends. `patient` keeps the waits of a real one; else dead workers are taken for dead
# at once, and letters that nobody is sure of are tried again at once.
WORKER = """
import sys
from datetime import timedelta
from forum import create_app
from forum.domain.mailing import mail_claims, workers
from forum.jobs import heartbeat, worker
url, smtp, rounds = sys.argv[1:4]
app = create_app({"ENV_NAME": "testing", "SQLALCHEMY_DATABASE_URI": url, "SMTP_URL": smtp})
with app.app_context():
    if rounds == "recover":
        pulse = heartbeat.Heartbeat()
        pulse.recover(silent_for=timedelta(0), watched_for=0)
    worker.run_until_idle()
"""
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


def start(app: Flask, smtp_url: str, *, rounds: str = "work", failpoint: str = "") -> subprocess.Popen[bytes]:
    """A worker that does what is due; with `recover` it takes back before what others claimed."""
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, app.config["SQLALCHEMY_DATABASE_URI"], smtp_url, rounds],
        cwd=ROOT,
        env={**os.environ, "FAILPOINT": failpoint},
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[bytes], *, within: float = 60) -> int:
    """Its exit code; what it complained about is shown when the test fails."""
    _out, complaint = process.communicate(timeout=within)
    sys.stderr.write(complaint.decode())
    return process.returncode


def states(app: Flask) -> tuple[Counter[str], Counter[str]]:
    """How many mails and digests there are in each state."""
    with app.app_context():
        mails = Counter(db.session.scalars(db.select(OutgoingMail.state)))
        windows = Counter(db.session.scalars(db.select(Digest.state)))
        db.session.remove()
    return mails, windows


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
        digests.open_windows(clock.now())
        mail_queue.queue_mail("password_changed", key="p1", lane=Lane.DIRECT, member_id=ann.id)
        db.session.commit()
        db.session.remove()
