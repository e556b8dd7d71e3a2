"""A worker that is killed in the middle: nothing missing, nothing twice. Real processes, real SMTP, real commits."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from forum.domain.digests import digests, subscriptions
from forum.domain.mailing import mail_queue
from forum.infra import clock
from forum.infra.db import db
from forum.models.mail import MailState, OutgoingMail
from forum.models.subscriptions import Digest, DigestState, Frequency
from tests import servers
from tests.factories import actor, make_member, make_space, make_thread
from tests.sweeps import few_of

pytestmark = pytest.mark.live
ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 8
WORKER = """
import sys
from datetime import timedelta
from forum import create_app
from forum.domain.mailing import mail_queue
from forum.jobs import worker
mail_queue.requeue_abandoned.__defaults__ = (timedelta(0),)
app = create_app({"ENV_NAME": "testing", "SQLALCHEMY_DATABASE_URI": sys.argv[1], "SMTP_URL": sys.argv[2]})
with app.app_context():
    if sys.argv[3] == "sweep":
        worker.recover()
    worker.run_until_idle()
"""


@pytest.fixture
def smtp():
    """A mail server of this test alone."""
    with servers.smtp_server() as server:
        yield server


@pytest.fixture
def waiting(live_app):
    """Digests queued for a few people, and one mail about a password."""
    with live_app.app_context():
        space = make_space("Aalst")
        ann = make_member("Ann", space=space)
        for number in range(PEOPLE):
            member = make_member(f"Reader {number}", space=space)
            with clock.at(clock.now() - timedelta(days=30)):
                subscriptions.choose(actor(member), frequency=Frequency.DAILY)
        make_thread(space, ann, at=clock.now() - timedelta(hours=36))
        digests.open_windows(clock.now())
        mail_queue.queue_mail("password_changed", key="password_changed.1", member_id=ann.id)
        db.session.commit()
        db.session.remove()
    return live_app


def start(app, smtp, *, rounds="drain", failpoint="") -> subprocess.Popen:
    """A worker as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, app.config["SQLALCHEMY_DATABASE_URI"], smtp.url, rounds],
        cwd=ROOT,
        env={**os.environ, "FAILPOINT": failpoint},
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen) -> int:
    """Its exit code; what it complained about is shown when the test fails."""
    _out, complaint = process.communicate(timeout=60)
    sys.stderr.write(complaint.decode())
    return process.returncode


def arrived(smtp) -> Counter:
    return Counter(str(mail.message["Message-ID"]) for mail in smtp.received)


def states(app) -> tuple[Counter, Counter]:
    with app.app_context():
        mails = Counter(db.session.scalars(db.select(OutgoingMail.state)))
        windows = Counter(db.session.scalars(db.select(Digest.state)))
        db.session.remove()
    return mails, windows


MOMENTS = ("mail.claimed", "mail.made", "mail.sent")


@pytest.mark.parametrize(
    "failpoint",
    few_of(
        ["mail.claimed:1", "mail.claimed:4", "mail.made:3", "mail.sent:1", "mail.sent:5"],
        "mail.claimed:4",
        "mail.sent:1",
    ),
)
def test_a_killed_worker_loses_nothing_and_doubles_nothing(waiting, smtp, failpoint):
    kill_and_sweep(waiting, smtp, failpoint)


@pytest.mark.proof
@pytest.mark.parametrize("moment", MOMENTS)
def test_nor_does_one_that_is_killed_at_any_letter(waiting, smtp, chance, moment):
    kill_and_sweep(waiting, smtp, f"{moment}:{chance.randint(1, PEOPLE + 1)}")


def kill_and_sweep(waiting, smtp, failpoint) -> None:
    """Kill a worker at this point, let another one finish, and count the letters."""
    assert finish(start(waiting, smtp, failpoint=failpoint)) == -signal.SIGKILL
    left, _windows = states(waiting)
    assert left[MailState.SENDING] == 1
    assert finish(start(waiting, smtp, rounds="sweep")) == 0
    seen = arrived(smtp)
    assert len(seen) == PEOPLE + 1
    # Between the server's yes and our commit nobody can know: then the same letter comes again under the same id.
    doubled = [identity for identity, times in seen.items() if times > 1]
    assert len(doubled) == (1 if failpoint.startswith("mail.sent") else 0)
    assert set(seen.values()) <= {1, 2}
    mails, windows = states(waiting)
    assert mails == {MailState.SENT: PEOPLE + 1}
    assert windows == {DigestState.SENT: PEOPLE}


@pytest.mark.proof
def test_without_the_sweep_the_killed_mail_would_be_missing(waiting, smtp):
    """The control: the protection is what saves it."""
    finish(start(waiting, smtp, failpoint="mail.claimed:1"))
    assert finish(start(waiting, smtp)) == 0
    assert len(arrived(smtp)) == PEOPLE


@pytest.mark.parametrize("workers", few_of([2, 4], 2))
def test_several_workers_at_once_send_each_letter_once(waiting, smtp, workers):
    crowd = [start(waiting, smtp) for _ in range(workers)]
    assert [finish(process) for process in crowd] == [0] * workers
    seen = arrived(smtp)
    assert len(seen) == PEOPLE + 1
    assert set(seen.values()) == {1}


def test_one_connection_carries_the_whole_batch(waiting, smtp):
    assert finish(start(waiting, smtp)) == 0
    assert len(smtp.received) == PEOPLE + 1
    assert smtp.connections == 1


def test_one_bad_address_does_not_hold_up_the_others(waiting, smtp):
    with waiting.app_context():
        addresses = db.session.scalars(db.text("SELECT email FROM member ORDER BY id")).all()
        db.session.remove()
    smtp.refuse(addresses[1])
    smtp.refuse(addresses[2], "451 4.7.1 Come back later")
    smtp.hang_up(addresses[3])
    assert finish(start(waiting, smtp)) == 0
    assert len(smtp.received) == PEOPLE + 1 - 3
    mails, windows = states(waiting)
    assert mails == {MailState.SENT: PEOPLE - 2, MailState.FAILED: 1, MailState.QUEUED: 2}
    assert windows == {DigestState.SENT: PEOPLE - 3, DigestState.FAILED: 1, DigestState.QUEUED: 2}


@pytest.mark.parametrize("schedulers", few_of([2, 4], 2))
def test_several_schedulers_at_once_open_each_window_once(live_app, schedulers):
    with live_app.app_context():
        space = make_space("Aalst")
        for number in range(20):
            member = make_member(f"Reader {number}", space=space)
            with clock.at(clock.now() - timedelta(days=30)):
                subscriptions.choose(actor(member), frequency=Frequency.WEEKLY)
        db.session.commit()
        db.session.remove()
    code = (
        "import sys; from forum import create_app; from forum.infra import clock\n"
        "from forum.domain.digests import digests\n"
        "from forum.infra.db import db\n"
        'app = create_app({"ENV_NAME": "testing", "SQLALCHEMY_DATABASE_URI": sys.argv[1]})\n'
        "with app.app_context():\n    digests.open_windows(clock.now()); db.session.commit()\n"
    )
    url = live_app.config["SQLALCHEMY_DATABASE_URI"]
    crowd = [
        subprocess.Popen([sys.executable, "-c", code, url], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(schedulers)
    ]
    assert [finish(process) for process in crowd] == [0] * schedulers
    mails, windows = states(live_app)
    assert sum(mails.values()) == sum(windows.values()) == 20
