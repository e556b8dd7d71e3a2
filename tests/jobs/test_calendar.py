"""Recurring work: due once in its time, by one worker, again after a failure, and none in the way of another."""

from datetime import timedelta

import pytest

from forum.domain.mailing import heartbeats, recurring, workers
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import calendar
from forum.jobs.calendar import Work
from forum.models.events import RecurringWork
from forum.models.mail import Lane
from tests.factories import LONG_AGO, make_space

MINUTE = timedelta(minutes=1)


@pytest.fixture
def done(session, monkeypatch):
    """Two works that write down that they ran, the first of which fails while `failing` is in it."""
    ran: list[str] = []

    def fail():
        ran.append("first")
        if "failing" in ran:
            make_space("Half done")
            db.session.flush()
            raise RuntimeError("secret words")

    works = (
        Work("first", fail, calendar.every(5 * MINUTE)),
        Work("second", lambda: ran.append("second"), calendar.every(5 * MINUTE)),
    )
    monkeypatch.setattr(calendar, "BY_NAME", {work.name: work for work in works})
    with clock.at(LONG_AGO):
        calendar.prepare()
    return ran


def row(name="first") -> RecurringWork:
    return db.session.get_one(RecurringWork, name, populate_existing=True)


def at(moment, owner="here") -> int:
    with clock.at(moment):
        return calendar.do_due(owner)


def test_each_work_is_done_once_in_its_time(done):
    assert (row().failures, row().last_error) == (0, "")
    assert at(LONG_AGO) == 2
    assert sorted(done) == ["first", "second"]
    assert (row().last_at, row().failures, row().claimed_by) == (LONG_AGO, 0, None)
    next_at = row().next_at
    assert next_at == calendar.every(5 * MINUTE)(LONG_AGO) > LONG_AGO
    assert at(next_at - timedelta(seconds=1)) == 0
    assert at(next_at) == 2


def test_work_that_fails_is_tried_again_undone_and_holds_nobody_up(done, caplog):
    done.append("failing")
    at(LONG_AGO)
    assert done.count("second") == 1
    assert (row().failures, row().last_error, row().last_at) == (1, "RuntimeError", None)
    assert row().next_at == LONG_AGO + MINUTE
    assert row().claimed_by is None, "it is free for others"
    assert db.session.scalar(db.text("SELECT count(*) FROM space WHERE name = 'Half done'")) == 0
    at(LONG_AGO + MINUTE)
    assert (row().failures, row().next_at) == (2, LONG_AGO + 3 * MINUTE)
    row().failures = 32_767
    db.session.flush()
    at(LONG_AGO + 4 * MINUTE)
    assert row().failures == 1000, "its column has an end"
    assert row().next_at <= LONG_AGO + 10 * MINUTE, "no later than its next time"
    done.remove("failing")
    at(LONG_AGO + 10 * MINUTE)
    assert (row().failures, row().last_error, row().last_at) == (0, "", LONG_AGO + 10 * MINUTE)


def test_work_in_the_hands_of_a_worker_that_lives_is_its_own(done):
    for owner, seconds in (("alive", 59), ("dead", 61)):
        with clock.at(LONG_AGO - timedelta(seconds=seconds)):
            heartbeats.note_alive(owner, started_at=LONG_AGO, lanes=Lane)
    row("first").claimed_by, row("second").claimed_by = "alive", "dead"
    db.session.flush()
    assert at(LONG_AGO) == 1
    assert done == ["second"]
    assert at(LONG_AGO, owner="alive") == 1, "what it left when the database failed"
    assert done == ["second", "first"]


def test_work_is_in_the_hands_of_one_worker_while_it_is_done(done, monkeypatch):
    seen = []

    def look():
        seen.append(row("third").claimed_by)
        with clock.at(LONG_AGO):
            heartbeats.note_alive("here", started_at=LONG_AGO, lanes=Lane)
        seen.append(recurring.claim_due(["third"], owner="there"))

    monkeypatch.setattr(calendar, "BY_NAME", {"third": Work("third", look, calendar.every(MINUTE))})
    with clock.at(LONG_AGO):
        calendar.prepare()
    assert at(LONG_AGO) == 1
    assert seen == ["here", None]


def test_due_is_only_what_this_release_knows_in_its_time(done):
    """Work of another release stands in the table too."""
    with clock.at(LONG_AGO):
        recurring.add_missing(["of another release"], due_at=LONG_AGO)
        assert not recurring.anything_due(["of a third one"])
        assert recurring.claim_due(["of a third one"], owner="here") is None
    with clock.at(LONG_AGO - timedelta(seconds=1)):
        assert not calendar.anything_due()
        assert calendar.do_due("here") == 0
    with clock.at(LONG_AGO):
        assert calendar.anything_due()
        assert calendar.do_due("here") == 2
        assert not calendar.anything_due()
    assert row("of another release").last_at is None


def test_work_that_was_done_in_the_future_is_due_and_was_done_now_at_the_latest(done):
    """The clock was set back since; the clocks of two machines may differ by a minute."""
    at(LONG_AGO)
    row().last_at = LONG_AGO + workers.LIVE
    db.session.flush()
    assert at(LONG_AGO) == 0
    row().last_at = LONG_AGO + workers.LIVE + timedelta(seconds=1)
    db.session.flush()
    with clock.at(LONG_AGO):
        assert recurring.claim_due(["first"], owner="here") == "first"
        assert row().last_at == LONG_AGO
