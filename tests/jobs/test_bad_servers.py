"""A mail server that refuses, hangs, is slow, drops the line or is away: what waits, what ends, who goes on."""

import time

import pytest

from forum.domain.mailing import mail_queue
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.mail import Lane, MailState, OutgoingMail
from tests.factories import make_member
from tests.jobs.forked import Forked, Plan
from tests.jobs.workers import arrived, until
from tests.smtp_server import smtp_server
from tests.sweeps import few_of, once

pytestmark = pytest.mark.live
LIMITS = "?timeout=1&data_timeout=1.5"  # seconds, in place of 30 and 600
LETTERS = 6
NOT_TAKEN = (MailState.QUEUED, 1)
# What the server does to one letter of six, what is written on that letter then, and how often it arrived.
FAULTS = {
    "450 at RCPT": ("RCPT", {"answer": "450 4.2.1 Busy"}, NOT_TAKEN, 0),
    "451 at the end": ("end", {"answer": "451 4.3.0 Later"}, NOT_TAKEN, 0),
    "550 at RCPT": ("RCPT", {"answer": "550 5.1.1 No such user"}, (MailState.FAILED, 1), 0),
    "554 at the end": ("end", {"answer": "554 5.7.1 Not here"}, (MailState.FAILED, 1), 0),
    "silent at RCPT": ("RCPT", {"hang": True}, NOT_TAKEN, 0),
    "silent at DATA": ("DATA", {"hang": True}, NOT_TAKEN, 0),
    "gone at DATA": ("DATA", {"drop": True}, NOT_TAKEN, 0),
    "slow behind the text": ("taken", {"wait": 0.5}, (MailState.SENT, 1), 1),
    "silent behind the text": ("taken", {"hang": True, "times": 1}, (MailState.SENT, 2), 2),
    "gone behind the text": ("taken", {"drop": True, "times": 1}, (MailState.SENT, 2), 2),
    "always silent behind the text": ("taken", {"hang": True}, (MailState.UNCERTAIN, 2), 2),
}


@pytest.fixture
def smtp():
    with smtp_server(keep_content=False) as server:
        yield server


@pytest.fixture
def letters(live_app):
    """The addresses of six members, each with one letter in the queue."""
    with live_app.app_context():
        members = [make_member(f"Reader {number}") for number in range(LETTERS)]
        for member in members:
            queue(f"l.{member.id}", member.id)
        db.session.commit()
        emails = [member.email for member in members]
        db.session.remove()
    return emails


def queue(key, member_id, lane=Lane.BULK):
    mail_queue.queue_mail("already_member", key=key, lane=lane, member_id=member_id)


def written(app, email) -> tuple[MailState, int]:
    with app.app_context():
        query = db.select(OutgoingMail.state, OutgoingMail.attempts).join(Member).where(Member.email == email)
        found = tuple(db.session.execute(query).one())
        db.session.remove()
    return found


@pytest.mark.parametrize(
    "fault",
    once(
        few_of(
            FAULTS, "550 at RCPT", "silent at DATA", "gone behind the text", "always silent behind the text"
        ),
        "gone behind the text",
    ),
)
def test_a_bad_server_harms_one_letter_and_that_one_never_more_than_twice(live_app, smtp, letters, fault):
    point, behaviour, end, times = FAULTS[fault]
    bad = letters[2]
    smtp.misbehave(point, to=bad, **behaviour)
    worker = Forked(live_app, smtp.url + LIMITS)
    until(lambda: written(live_app, bad) == end, 20)
    until(lambda: [written(live_app, each)[0] for each in letters].count(MailState.SENT) >= LETTERS - 1, 20)
    time.sleep(0.3)
    assert written(live_app, bad) == end, "and it stays so"
    assert worker.end() == 0
    ids = [letter.message_id for letter in smtp.received if bad in letter.recipients]
    assert len(ids) == times
    assert len(set(ids)) == min(times, 1), "the same Message-ID"
    others = [letter for letter in smtp.received if bad not in letter.recipients]
    assert len(others) == LETTERS - 1


def test_while_a_lane_hangs_the_others_and_the_events_go_on(live_app, smtp, letters):
    for each in letters:
        smtp.misbehave("DATA", to=each, hang=True)
    worker = Forked(live_app, smtp.url + "?timeout=20", Plan(finish=0.5))
    until(lambda: smtp.met["DATA"] >= 1, 10)
    with live_app.app_context():
        queue("direct", make_member("Somebody else").id, Lane.DIRECT)
        db.session.commit()
        db.session.remove()
    until(lambda: len(smtp.received) == 1, 10)
    asked_at = time.monotonic()
    assert worker.end() == 0, "the letter that hangs before its text is given back"
    assert time.monotonic() - asked_at < 10
    assert {written(live_app, each)[0] for each in letters} == {MailState.QUEUED}


@pytest.mark.proof
@pytest.mark.timeout(300)
def test_a_server_that_is_down_for_two_minutes_gets_everything_within_seconds_of_its_return(
    live_app, smtp, letters
):
    smtp.stop_listening()
    worker = Forked(live_app, smtp.url + LIMITS)
    time.sleep(120)
    assert {written(live_app, each) for each in letters} == {(MailState.QUEUED, 0)}
    smtp.listen()
    until(lambda: len(smtp.received) == LETTERS, 5)
    assert worker.end() == 0
    assert set(arrived(smtp).values()) == {1}


def test_past_the_text_a_worker_that_is_told_to_end_leaves_the_letter_as_uncertain(live_app, smtp, letters):
    smtp.misbehave("taken", hang=True)
    worker = Forked(live_app, smtp.url, Plan(lanes=(Lane.BULK,), finish=0.5))
    until(lambda: len(smtp.received) == 1, 10)
    asked_at = time.monotonic()
    assert worker.end() == 0
    assert time.monotonic() - asked_at < 10
    with live_app.app_context():
        rows = db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.id)).all()
        db.session.remove()
    unsure = [row for row in rows if row.uncertain_at is not None]
    assert [(row.state, row.attempts) for row in unsure] == [(MailState.QUEUED, 1)]
    assert {row.state for row in rows} == {MailState.QUEUED}
    smtp.behave()
