"""A worker that is killed in the middle: nothing missing, nothing twice. Real processes, real SMTP, real commits."""

import signal
import time
from datetime import timedelta

import pytest

from forum import create_app
from forum.domain.digests import subscriptions
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import calendar
from forum.models.mail import Lane, MailState
from forum.models.subscriptions import DigestState, Frequency
from tests import servers
from tests.factories import actor, make_member, make_space
from tests.jobs.forked import FORKS, LIVE, Forked, Plan
from tests.jobs.workers import (
    POINTS,
    UNKNOWABLE,
    arrived,
    queue_digests,
    states,
    until,
    window_states,
    work_off,
)
from tests.sweeps import few_of

pytestmark = pytest.mark.live
PEOPLE = 8


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


@pytest.mark.parametrize("point", few_of(POINTS, "mail.claimed", "mail.sent"))
def test_a_killed_worker_loses_nothing_and_doubles_nothing(waiting, smtp, point):
    kill_and_recover(waiting, smtp, point, 1)


@pytest.mark.proof
@pytest.mark.parametrize("point", POINTS[2:])
def test_nor_does_one_that_is_killed_at_any_letter(waiting, smtp, chance, point):
    kill_and_recover(waiting, smtp, point, chance.randint(1, PEOPLE))


def kill_and_recover(app, smtp, point, turn) -> None:
    """Kill a worker at this point, let another one finish, and count the letters."""
    # Of one lane: in another one a letter could be where nobody can know at that moment.
    assert Forked(app, smtp.url, Plan(point, turn, lanes=(Lane.BULK,))).ended() == -signal.SIGKILL
    work_off(app, smtp, within=60)
    seen = arrived(smtp)
    assert len(seen) == PEOPLE + 1
    # Between the server's yes and our commit nobody can know: then the same letter comes again under the same id.
    doubled = [identity for identity, times in seen.items() if times > 1]
    assert len(doubled) == (1 if point == UNKNOWABLE else 0)
    assert set(seen.values()) <= {1, 2}
    assert states(app) == {MailState.SENT: PEOPLE + 1}
    assert window_states(app) == {DigestState.SENT: PEOPLE}


@pytest.mark.proof
def test_without_taking_back_the_mail_of_a_killed_worker_would_be_missing(waiting, smtp):
    """The control: the protection is what saves it."""
    killed = Forked(waiting, smtp.url, Plan("mail.claimed", lanes=(Lane.BULK,)))
    assert killed.ended() == -signal.SIGKILL
    worker = Forked(waiting, smtp.url, Plan(break_it="take nothing back"))
    until(lambda: states(waiting)[MailState.SENT] == 1, 60)
    time.sleep(2 * LIVE)
    assert worker.end() == 0
    assert states(waiting) == {MailState.SENT: 1, MailState.SENDING: PEOPLE}
    assert len(arrived(smtp)) == 1


@pytest.mark.parametrize("workers", few_of([2, 4], 2))
def test_several_workers_at_once_send_each_letter_once(waiting, smtp, workers):
    work_off(waiting, smtp, within=60, workers=workers)
    seen = arrived(smtp)
    assert len(seen) == PEOPLE + 1
    assert set(seen.values()) == {1}


def test_each_lane_has_one_connection_and_one_bad_address_holds_nobody_up(waiting, smtp):
    with waiting.app_context():
        addresses = db.session.scalars(db.text("SELECT email FROM member ORDER BY id")).all()
        db.session.remove()
    smtp.refuse(addresses[1])
    smtp.refuse(addresses[2], "451 4.7.1 Come back later")
    worker = Forked(waiting, smtp.url)
    wanted = {MailState.SENT: PEOPLE - 1, MailState.FAILED: 1, MailState.QUEUED: 1}
    until(lambda: states(waiting) == wanted, 60)
    assert worker.end() == 0
    assert len(smtp.received) == PEOPLE + 1 - 2
    assert smtp.connections == 2
    windows = {DigestState.SENT: PEOPLE - 2, DigestState.FAILED: 1, DigestState.QUEUED: 1}
    assert window_states(waiting) == windows


def open_digests(url: str) -> None:
    """What the worker does every minute, in a process of its own."""
    with create_app({"ENV_NAME": "testing", "SQLALCHEMY_DATABASE_URI": url}).app_context():
        calendar.open_digests()


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
    url = live_app.config["SQLALCHEMY_DATABASE_URI"]
    crowd = [FORKS.Process(target=open_digests, args=(url,)) for _ in range(schedulers)]
    for process in crowd:
        process.start()
    for process in crowd:
        process.join(60)
    assert [process.exitcode for process in crowd] == [0] * schedulers
    assert states(live_app).total() == window_states(live_app).total() == 20
