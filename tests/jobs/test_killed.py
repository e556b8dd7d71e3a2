"""A worker that is killed in the middle: nothing missing, nothing twice. Real processes, real SMTP, real commits."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest

from forum.domain.digests import subscriptions
from forum.infra import clock
from forum.infra.db import db
from forum.models.mail import MailState
from forum.models.subscriptions import DigestState, Frequency
from tests import servers
from tests.conftest import POSTGRES
from tests.factories import actor, make_member, make_space
from tests.jobs.workers import ROOT, finish, queue_digests, start, states
from tests.sweeps import few_of, on_one_database

pytestmark = pytest.mark.live
PEOPLE = 8
# Each place in which a letter can be when its worker dies; the last but one is the one where nobody can know.
POINTS = ("mail.due", "mail.claimed", "mail.made", "mail.sent", "mail.booked")
UNKNOWABLE = "mail.sent"
FEW = "mail.claimed:1" if POSTGRES else "mail.sent:1"


@pytest.fixture
def smtp():
    """A mail server of this test alone."""
    with servers.smtp_server() as server:
        yield server


@pytest.fixture
def waiting(live_app):
    """Digests queued for a few people, and one mail about a password."""
    queue_digests(live_app, PEOPLE)
    return live_app


def arrived(smtp) -> Counter:
    return Counter(str(mail.message["Message-ID"]) for mail in smtp.received)


@pytest.mark.parametrize("failpoint", few_of([f"{point}:1" for point in POINTS], FEW))
def test_a_killed_worker_loses_nothing_and_doubles_nothing(waiting, smtp, failpoint):
    kill_and_recover(waiting, smtp, failpoint)


@pytest.mark.proof
@pytest.mark.parametrize("point", POINTS[2:])
def test_nor_does_one_that_is_killed_at_any_letter(waiting, smtp, chance, point):
    kill_and_recover(waiting, smtp, f"{point}:{chance.randint(1, PEOPLE + 1)}")


def kill_and_recover(app, smtp, failpoint) -> None:
    """Kill a worker at this point, let another one finish, and count the letters."""
    point = failpoint.partition(":")[0]
    assert finish(start(app, smtp.url, failpoint=failpoint)) == -signal.SIGKILL
    assert finish(start(app, smtp.url, rounds="recover")) == 0
    seen = arrived(smtp)
    assert len(seen) == PEOPLE + 1
    # Between the server's yes and our commit nobody can know: then the same letter comes again under the same id.
    doubled = [identity for identity, times in seen.items() if times > 1]
    assert len(doubled) == (1 if point == UNKNOWABLE else 0)
    assert set(seen.values()) <= {1, 2}
    mails, windows = states(app)
    assert mails == {MailState.SENT: PEOPLE + 1}
    assert windows == {DigestState.SENT: PEOPLE}


@pytest.mark.proof
def test_without_taking_back_the_mail_of_a_killed_worker_would_be_missing(waiting, smtp):
    """The control: the protection is what saves it."""
    finish(start(waiting, smtp.url, failpoint="mail.claimed:2"))
    assert finish(start(waiting, smtp.url)) == 0
    assert len(arrived(smtp)) < PEOPLE + 1


@pytest.mark.parametrize("workers", few_of([2, 4], 2))
def test_several_workers_at_once_send_each_letter_once(waiting, smtp, workers):
    crowd = [start(waiting, smtp.url) for _ in range(workers)]
    assert [finish(process) for process in crowd] == [0] * workers
    seen = arrived(smtp)
    assert len(seen) == PEOPLE + 1
    assert set(seen.values()) == {1}


@on_one_database
def test_each_lane_has_one_connection_and_one_bad_address_holds_nobody_up(waiting, smtp):
    with waiting.app_context():
        addresses = db.session.scalars(db.text("SELECT email FROM member ORDER BY id")).all()
        db.session.remove()
    smtp.refuse(addresses[1])
    smtp.refuse(addresses[2], "451 4.7.1 Come back later")
    assert finish(start(waiting, smtp.url)) == 0
    assert len(smtp.received) == PEOPLE + 1 - 2
    assert smtp.connections == 2
    mails, windows = states(waiting)
    assert mails == {MailState.SENT: PEOPLE - 1, MailState.FAILED: 1, MailState.QUEUED: 1}
    assert windows == {DigestState.SENT: PEOPLE - 2, DigestState.FAILED: 1, DigestState.QUEUED: 1}


@on_one_database
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
        "import sys; from forum import create_app; from forum.jobs import calendar\n"
        'app = create_app({"ENV_NAME": "testing", "SQLALCHEMY_DATABASE_URI": sys.argv[1]})\n'
        "with app.app_context():\n    calendar.open_digests()\n"
    )
    url = live_app.config["SQLALCHEMY_DATABASE_URI"]
    crowd = [
        subprocess.Popen([sys.executable, "-c", code, url], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(schedulers)
    ]
    assert [finish(process) for process in crowd] == [0] * schedulers
    mails, windows = states(live_app)
    assert sum(mails.values()) == sum(windows.values()) == 20
