"""Whether the work of the tables gets done: each check can say no, and what no worker can help fails nothing."""

from datetime import timedelta

import pytest

from forum.domain import health
from forum.domain.mailing import events, mail_status, workers
from forum.domain.mailing.mail_queue import queue_mail
from forum.infra import clock
from forum.infra.db import db
from forum.models.events import Heartbeat, RecurringWork
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.maintenance import RestoredCopy
from tests.factories import make_member


def failing():
    return {check.name for check in health.worker_checks() if not check.good}


def said(name):
    return next(check for check in health.worker_checks() if check.name == name)


@pytest.fixture
def alive(session):
    """Two workers that live, and one that died."""
    now = clock.now()
    for name, lanes, age in (("a", "direct,notice", 5), ("b", "bulk, slow", 15), ("c", "direct", 61)):
        at = now - timedelta(seconds=age)
        db.session.add(Heartbeat(name=name, at=at, started_at=at, lanes=lanes))
    db.session.flush()


@pytest.fixture
def letter(session):
    """Queue a letter that is due since a time, in some state."""
    member = make_member("Leen")

    def queued(lane=Lane.DIRECT, *, since=timedelta(), state=MailState.QUEUED, reason=""):
        key = f"k{db.session.query(OutgoingMail).count()}"
        queue_mail("reset_password", key=key, member_id=member.id, lane=lane)
        mail = db.session.scalars(db.select(OutgoingMail).where(OutgoingMail.key == key)).one()
        mail.state, mail.reason, mail.next_try_at = state, reason, clock.now() - since
        db.session.flush()
        return mail

    return queued


def test_every_lane_needs_a_worker_that_lives(alive):
    assert failing() == set()
    assert {worker.name for worker in workers.live()} == {"a", "b"}
    db.session.delete(db.session.get(Heartbeat, "b"))
    db.session.flush()
    assert said("workers").found == "1 live, none for bulk, slow: start `flask worker`"
    with clock.at(clock.now() + workers.LIVE):
        assert failing() == {"workers"}
        assert said("workers").found == "none lives, last sign 65 s ago: start `flask worker`"


def test_what_is_due_too_long_fails_and_what_is_not_due_waits(alive, letter):
    for lane in Lane:
        letter(lane, since=health.LANE_WAITS[lane] - timedelta(seconds=30))
        letter(lane, since=-timedelta(hours=1))
    event = events.record("password.changed", member_id=0)
    event.next_try_at = clock.now() - health.EVENTS_WAIT + timedelta(seconds=30)
    now = clock.now()
    work = RecurringWork(name="digests", next_at=now - workers.LATE + timedelta(seconds=30), last_error="")
    db.session.add(work)
    db.session.flush()
    assert failing() == set()
    with clock.at(now + timedelta(seconds=40)):
        late = {f"mail {lane.value}" for lane in Lane} | {"events", "recurring work"}
        assert failing() == late
        assert said("mail direct").found == "1 wait, the oldest is due 2 min ago"
        assert "digests was due 10 min ago" in said("recurring work").found
        work.claimed_by, work.failures, work.last_error = "a", 3, "KeyError"
        assert failing() == late - {"recurring work"}
        assert said("recurring work").warns
        assert said("recurring work").found == "digests failed 3 times in a row (KeyError)"
        db.session.add(RestoredCopy(id=1, backup_made_at=now, restored_at=now))
        db.session.flush()
        assert failing() == {"events"}, "mail that is held waits for a person"
        assert said("mail held").warns


def test_what_needs_a_person_is_said_and_fails_nothing(alive, letter):
    letter(state=MailState.FAILED)
    letter(Lane.BULK, state=MailState.UNCERTAIN)
    event = events.record("password.changed", member_id=0)
    event.next_try_at, event.failed_at = clock.now() - timedelta(days=1), clock.now()
    db.session.flush()
    assert failing() == set()
    assert said("mail for a person").found == "1 failed, 1 uncertain: see `flask mail status`"
    assert said("events").found == "none waits; 1 given up: the log says why, `flask doctor` which"
    assert said("events").warns


def test_the_mail_of_each_lane_is_counted(letter):
    letter(since=timedelta(minutes=3))
    letter(since=timedelta(minutes=1))
    letter(since=-timedelta(minutes=1))
    letter(Lane.BULK, state=MailState.SENDING)
    letter(Lane.BULK, since=-timedelta(minutes=1))
    letter(Lane.SLOW, state=MailState.CANCELLED)
    for hours in (1, 23, 25):
        letter(Lane.BULK, state=MailState.SENT).sent_at = clock.now() - timedelta(hours=hours)
    db.session.flush()
    direct, notice, bulk, slow = mail_status.lanes()
    assert (direct.waiting, direct.later) == (2, 1)
    assert clock.now() - direct.oldest_at >= timedelta(minutes=3)
    assert (bulk.waiting, bulk.later, bulk.sending, bulk.sent, bulk.oldest_at) == (0, 1, 1, 2, None)
    assert notice == mail_status.LaneStatus(Lane.NOTICE)
    assert slow == mail_status.LaneStatus(Lane.SLOW)


def test_the_mail_server_is_to_blame_only_while_nothing_of_the_lane_leaves(letter):
    now = clock.now()

    def blamed():
        return {lane: waits.of_the_server for lane, waits in mail_status.why_waiting().items()}

    for number in range(3):
        full = letter(Lane.BULK, since=-timedelta(minutes=9), reason="452 4.2.2 full")
        full.attempts, full.failing_since = 1, now - timedelta(minutes=number)
        db.session.flush()
        assert blamed() == {Lane.BULK: number == 2}
    sent = letter(Lane.BULK, state=MailState.SENT)
    for minutes, blames in ((3, True), (1.5, False)):
        sent.sent_at = now - timedelta(minutes=minutes)
        db.session.flush()
        assert blamed() == {Lane.BULK: blames}
    given_back = letter(Lane.DIRECT, reason="no connection")
    given_back.failing_since = now - timedelta(seconds=30)
    db.session.flush()
    assert blamed() == {Lane.DIRECT: True, Lane.BULK: False}
    letter(Lane.NOTICE, state=MailState.SENT).sent_at = now
    db.session.flush()
    assert blamed()[Lane.DIRECT], "another lane says nothing"
    letter(Lane.DIRECT, state=MailState.SENT).sent_at = now
    db.session.flush()
    assert not blamed()[Lane.DIRECT], "others went out since: it waits its turn"
    refused = db.select(OutgoingMail).where(OutgoingMail.reason.like("452%")).order_by(OutgoingMail.id)
    for mail in db.session.scalars(refused):
        assert not blamed()[Lane.BULK], "three boxes may be full"
        mail.failing_since = now - mail_status.LONG - timedelta(seconds=1)
        db.session.flush()
    assert blamed()[Lane.BULK], "a server that refuses some for hours is told too"


def test_letters_for_a_person_are_listed_without_addresses(letter):
    letter()
    failed = letter(
        state=MailState.FAILED, reason="550 <leen@people.test>:\nno such box, ask\tann@x.be. Sorry"
    )
    unsure = letter(Lane.BULK, state=MailState.UNCERTAIN, reason="no answer")
    unsure.uncertain_at, unsure.claimed_at = clock.now() - timedelta(days=4), clock.now()
    db.session.flush()
    assert mail_status.for_a_person()[0].at == unsure.claimed_at, "when it was tried for the last time"
    assert [(each.id, each.state, each.reason) for each in mail_status.for_a_person()] == [
        (unsure.id, MailState.UNCERTAIN, "no answer"),
        (failed.id, MailState.FAILED, "550 <(address)>: no such box, ask (address) Sorry"),
    ]


def test_letters_are_tried_again_as_if_never_tried_but_not_from_before_a_restore(letter):
    now = clock.now()
    failed, unsure, other = (letter(state=state) for state in ("failed", "uncertain", "failed"))
    old = letter(state=MailState.FAILED)
    for mail in (failed, unsure):
        mail.attempts, mail.handed_over_at, mail.uncertain_at = 9, now, now
        mail.next_try_at, mail.reason = now + timedelta(days=1), "no"
        mail.failing_since = now - timedelta(days=5)
    old.due_at = now - timedelta(days=1)
    db.session.add(
        RestoredCopy(id=1, backup_made_at=now, restored_at=now - timedelta(hours=1), released_at=now)
    )
    db.session.flush()
    assert mail_status.retry([failed.id, unsure.id, old.id]) == 1
    assert mail_status.retry([unsure.id], state=MailState.UNCERTAIN) == 1
    for mail in (failed, unsure):
        db.session.refresh(mail)
        assert (mail.state, mail.attempts, mail.reason) == (MailState.QUEUED, 0, "")
        assert mail.failing_since is None, "its four days begin again"
        assert mail.next_try_at <= clock.now()
        assert (mail.handed_over_at, mail.uncertain_at) == (None, None)
    assert mail_status.retry() == 1, "all that failed"
    db.session.expire_all()
    assert (other.state, old.state) == (MailState.QUEUED, MailState.FAILED)


def test_only_a_letter_for_a_person_is_let_go(letter):
    failed, waiting = letter(state=MailState.FAILED), letter()
    assert mail_status.let_go(failed.id)
    assert not mail_status.let_go(failed.id)
    assert not mail_status.let_go(waiting.id)
    db.session.expire_all()
    assert (failed.state, failed.reason) == (MailState.CANCELLED, mail_status.LET_GO)
    assert waiting.state == MailState.QUEUED
