"""Two thousand digests while workers are killed, locked out, cut off and told to end: all arrive, and none twice."""

import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import create_engine, text

from forum.domain.mailing import mail_queue
from forum.infra.db import db
from forum.models.mail import Lane, MailState
from tests.conftest import POSTGRES
from tests.factories import make_member
from tests.jobs.forked import LIVE, Forked, Plan
from tests.jobs.workers import POINTS, UNKNOWABLE, arrived, queue, states, until, work_off
from tests.smtp_server import SmtpServer, smtp_server

pytestmark = [pytest.mark.live, pytest.mark.proof, pytest.mark.timeout(1800)]
LETTERS, KILLS, RUNS = 2000, 20, 6  # on each database
ROUNDS = 100  # of two workers at once
ENDINGS = 40


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with smtp_server(keep_content=False) as server:
        yield server


@pytest.mark.parametrize("run", range(RUNS))
def test_a_hundred_kills_lose_nothing_and_double_only_where_nobody_can_know(live_app, smtp, chance, run):
    queue(live_app, LETTERS)
    kills = [point for point in POINTS for _ in range(KILLS)]
    chance.shuffle(kills)
    for point in kills:
        most = 2 if point in {"mail.due", "mail.claimed"} else 15
        worker = Forked(live_app, smtp.url, Plan(point, chance.randint(1, most)))
        assert worker.ended() == -signal.SIGKILL, (point, states(live_app))
    left = states(live_app)
    assert left[MailState.QUEUED] + left[MailState.SENDING] > 0, "the last kill was in the middle too"
    work_off(live_app, smtp)
    seen = arrived(smtp)
    assert len(seen) == LETTERS, "0 missing"
    assert sum(times - 1 for times in seen.values()) <= kills.count(UNKNOWABLE)
    final = states(live_app)
    # A letter that met two of the kills nobody can know of is shown to the operator: it did arrive.
    assert final[MailState.SENT] + final[MailState.UNCERTAIN] == LETTERS
    assert final[MailState.UNCERTAIN] <= 2


@contextmanager
def database_taken(app, how: str) -> Iterator[None]:
    """The database locked for fifteen seconds, or every connection to it cut."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    if not POSTGRES:
        holder = sqlite3.connect(
            url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
        )
        holder.execute("BEGIN IMMEDIATE")
        threading.Timer(15, lambda: (holder.execute("ROLLBACK"), holder.close())).start()
        yield
        return
    engine = create_engine(url)
    connection = engine.connect()
    if how == "locked":
        connection.execute(text("LOCK TABLE outgoing_mail IN ACCESS EXCLUSIVE MODE"))
        threading.Timer(15, lambda: (connection.rollback(), connection.close(), engine.dispose())).start()
        yield
        return
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))
    connection.close()
    engine.dispose()
    yield


@pytest.mark.parametrize("how", ["locked", "cut"] if POSTGRES else ["locked"])
@pytest.mark.parametrize("point", POINTS)
def test_a_database_that_is_taken_away_at_any_point_doubles_nothing(live_app, smtp, point, how):
    queue(live_app, 60)
    worker = Forked(
        live_app, smtp.url, Plan(point, 1 if point in {"mail.due", "mail.claimed"} else 7, "tell")
    )
    assert worker.told.recv() == point
    with database_taken(live_app, how):
        worker.told.send("go on")
        time.sleep(16 if how == "locked" else 1)
    until(lambda: states(live_app) == {MailState.SENT: 60}, 60)
    assert worker.end() == 0
    assert set(arrived(smtp).values()) == {1}
    assert len(arrived(smtp)) == 60


def test_two_workers_at_once_send_each_letter_once(live_app, smtp):
    for round_ in range(ROUNDS):
        queue(live_app, 20, prefix=f"r{round_}", lane=list(Lane)[round_ % 4])
        pair = [Forked(live_app, smtp.url) for _ in range(2)]
        until(lambda: not states(live_app).keys() & {MailState.QUEUED, MailState.SENDING}, 60)
        assert [worker.end() for worker in pair] == [0, 0]
        assert len(smtp.received) == 20 * (round_ + 1)
    assert set(arrived(smtp).values()) == {1}


def test_told_to_end_at_any_moment_it_ends_soon_and_leaves_nothing_undone(live_app, smtp, chance):
    smtp.misbehave("taken", wait=0.02)
    queue(live_app, ENDINGS * 60)
    longest = 0.0
    for number in range(ENDINGS):
        worker = Forked(live_app, smtp.url)
        # The first round among them: before it began, and while it looks for work the first time.
        if number < 20:
            time.sleep(0.02 * number)
        else:
            until(partial(worker.shows_alive, live_app), 30)
            time.sleep(chance.uniform(0, 1.5))
        told_at = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        code = worker.ended(12)
        longest = max(longest, time.monotonic() - told_at)
        # Before it listens for signals, it has claimed nothing.
        assert code in ({0} if number >= 20 else {0, -signal.SIGTERM})
        assert states(live_app)[MailState.SENDING] == 0
    assert longest < 10
    smtp.behave()
    work_off(live_app, smtp)
    assert states(live_app) == {MailState.SENT: ENDINGS * 60}
    assert set(arrived(smtp).values()) == {1}


def test_a_worker_that_slept_while_its_mail_was_taken_sends_none_of_it(live_app, smtp):
    seen = sleeper(live_app, smtp, "")
    assert set(seen.values()) == {1}
    assert len(seen) == 40


def test_without_a_check_of_claims_it_would(live_app, smtp):
    """The control."""
    assert max(sleeper(live_app, smtp, "check no claim").values()) > 1


def sleeper(app, smtp, mutant) -> Counter:
    """A worker is stopped for longer than its heartbeat may be silent; another one finishes; then the first goes on."""
    queue(app, 40)
    slow = Forked(app, smtp.url, Plan("mail.made", 3, "tell", break_it=mutant))
    slow.told.recv()
    slow.freeze()
    time.sleep(LIVE + 0.5)
    other = Forked(app, smtp.url)
    until(lambda: states(app) == {MailState.SENT: 40}, 60)
    slow.send_signal(signal.SIGCONT)
    slow.told.send("go on")
    time.sleep(2)
    assert [worker.end() for worker in (slow, other)] == [0, 0]
    return arrived(smtp)


def test_a_worker_whose_heartbeat_hangs_keeps_what_its_lanes_send(live_app, smtp):
    assert stuck(live_app, smtp, "hang the heartbeat") == Counter()


def test_if_its_lanes_showed_nothing_others_would_send_it_too(live_app, smtp):
    """The control. Sometimes the first worker books its letter just before the other one claims it."""
    mutant = "hang the heartbeat, and let nobody beat for it"
    assert any(stuck(live_app, smtp, mutant, round_) for round_ in range(8))


def stuck(app, smtp, mutant, round_=0) -> Counter:
    """The letters that arrived more than once, of a worker whose heartbeat hangs while another one is there."""
    queue(app, 12, prefix=f"s{round_}")
    smtp.misbehave("taken", wait=1.0)
    before = len(smtp.received)
    hanging = Forked(app, smtp.url, Plan(break_it=mutant))
    until(lambda: len(smtp.received) > before + 1, 20)
    other = Forked(app, smtp.url)
    until(lambda: states(app) == {MailState.SENT: 12 * (round_ + 1)}, 60)
    hanging.end()
    assert other.end() == 0
    return Counter({letter: times for letter, times in arrived(smtp).items() if times > 1})


def test_booked_before_it_was_sent_a_letter_would_be_lost_by_a_kill(live_app, smtp):
    """The control: `mail.made` is reached a second time, between the booking and the sending."""
    queue(live_app, 10)
    plan = Plan("mail.made", 2, break_it="book before sending")
    assert Forked(live_app, smtp.url, plan).ended() == -signal.SIGKILL
    work_off(live_app, smtp)
    assert len(arrived(smtp)) == 9


def test_without_a_unique_key_a_letter_would_be_queued_twice(live_app, smtp):
    """The control: what a second reaction to the same event queues has the key of the first."""
    with live_app.app_context():
        member_id = make_member("Dirk").id
        db.session.commit()
        for without_key in (False, True):
            if without_key:
                _drop_key()
            for _time in range(2):
                mail_queue.queue_mail("already_member", key="same", lane=Lane.DIRECT, member_id=member_id)
                db.session.commit()
        db.session.remove()
    work_off(live_app, smtp)
    assert len(smtp.received) > 1


def _drop_key() -> None:
    if POSTGRES:
        db.session.execute(text("ALTER TABLE outgoing_mail DROP CONSTRAINT uq_outgoing_mail_key"))
    else:
        made = "SELECT sql FROM sqlite_master WHERE name = 'outgoing_mail'"
        table = db.session.scalar(text(made))
        unique = ', \n\tCONSTRAINT uq_outgoing_mail_key UNIQUE ("key")'
        found = next(each for each in (unique, unique.replace('"key"', "key")) if each in table)
        db.session.execute(text("ALTER TABLE outgoing_mail RENAME TO with_key"))
        db.session.execute(text(table.replace(found, "")))
        db.session.execute(text("INSERT INTO outgoing_mail SELECT * FROM with_key"))
        db.session.execute(text("DROP TABLE with_key"))
    db.session.commit()
