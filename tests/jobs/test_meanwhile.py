"""What happens to a letter while a worker has it in hand, and to a worker whose clock or heartbeat fails."""

import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from forum.domain.digests import digests
from forum.domain.mailing import events, heartbeats, hold, mail_claims, recurring, workers
from forum.infra import clock, failures
from forum.infra.db import db
from forum.jobs import calendar, event_processing, heartbeat, sending, worker
from forum.jobs.heartbeat import Heartbeat
from forum.jobs.sending import Sender
from forum.models.accounts import Member
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.maintenance import RestoredCopy
from forum.models.subscriptions import Digest, DigestState
from tests.conftest import POSTGRES
from tests.factories import make_member
from tests.jobs.test_worker import due_digest, mails, queue, silent

HOUR = timedelta(hours=1)


@pytest.fixture
def way_out(monkeypatch):
    """A mail server that does `before` and `after` to the first letter, around the moment when it is handed over."""

    class WayOut:
        before = after = staticmethod(lambda: None)
        taken = 0

        def send(self, message, *, before_data):
            (before, after), self.before, self.after = (self.before, self.after), *[WayOut.before] * 2
            before()
            before_data()
            after()
            self.taken += 1

    made = WayOut()

    @contextmanager
    def opened(url):
        yield made

    monkeypatch.setattr("forum.jobs.sending.open_mailer", opened)
    return made


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_member_who_is_deleted_while_a_letter_is_in_hand_takes_only_that_letter_along(way_out, when):
    queue("gone")
    queue("next")

    def delete():
        db.session.execute(db.delete(Member).where(Member.id == mails()[0].member_id))
        db.session.commit()

    setattr(way_out, when, delete)
    worker.run_until_idle()
    assert {mail.key: mail.state for mail in mails()} == {"next": MailState.SENT}
    assert way_out.taken == (1 if when == "before" else 2)


def test_a_member_who_is_deleted_before_the_letter_is_made_does_too(way_out):
    for key in ("first", "gone", "next"):
        queue(key)

    def delete():
        db.session.execute(db.delete(Member).where(Member.id == mails()[1].member_id))
        db.session.commit()

    way_out.after = delete
    worker.run_until_idle()
    assert {mail.key: mail.state for mail in mails()} == {"first": MailState.SENT, "next": MailState.SENT}


def test_a_letter_that_cannot_be_booked_is_tried_once_more_and_then_shown_and_the_others_go_on(
    way_out, monkeypatch, caplog
):
    monkeypatch.setattr(sending, "FIRST_WAIT", 0.001)
    book = mail_claims.mark_sent

    def broken(mail_id, *claim):
        if mail_id == mails(key="broken")[0].id:
            raise KeyError("secret words")
        return book(mail_id, *claim)

    monkeypatch.setattr(mail_claims, "mark_sent", broken)
    queue("broken")
    queue("next")
    worker.run_until_idle()
    states = {mail.key: mail.state for mail in mails()}
    assert states == {"broken": MailState.UNCERTAIN, "next": MailState.SENT}
    assert "is left as it was claimed" in caplog.text
    assert way_out.taken == 3


def test_a_database_that_fails_while_a_digest_is_marked_leaves_the_letter_to_be_booked_again(
    way_out, sent, monkeypatch
):
    due_digest()
    mark, calls = digests.mark_sent, []

    def full_at_first(digest_id, letter):
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("INSERT", {}, Exception("database or disk is full"))
        mark(digest_id, letter)

    monkeypatch.setattr(digests, "mark_sent", full_at_first)
    worker.run_until_idle()
    assert (len(calls), way_out.taken) == (2, 1)
    assert db.session.scalars(db.select(Digest.state)).all() == [DigestState.SENT]
    assert {mail.state for mail in mails()} == {MailState.SENT}


def test_a_database_that_becomes_a_restored_copy_sends_nothing_of_what_was_claimed(way_out):
    queue("first")
    queue("claimed")

    def restored():
        now = clock.now()
        db.session.add(RestoredCopy(id=1, backup_made_at=now, restored_at=now))
        db.session.commit()

    way_out.after = restored
    worker.run_until_idle()
    assert way_out.taken == 1
    assert {mail.key: mail.state for mail in mails()} == {
        "first": MailState.SENT, "claimed": MailState.QUEUED
    }  # fmt: skip
    assert hold.release() == 1
    worker.run_until_idle()
    assert way_out.taken == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_mail_that_is_cancelled_by_a_release_is_not_handed_over_and_stays_as_it_is(way_out, when):
    queue("old")
    mail = mails()[0]

    def cancel():
        db.session.execute(db.update(OutgoingMail).values(state=MailState.CANCELLED, reason=hold.RESTORED))
        db.session.commit()

    setattr(way_out, when, cancel)
    worker.run_until_idle()
    db.session.refresh(mail)
    assert (mail.state, way_out.taken) == (MailState.CANCELLED, 1 if when == "after" else 0)


def test_while_its_heartbeat_does_not_come_to_it_the_lanes_show_that_a_worker_lives(way_out, monkeypatch):
    pulse = Heartbeat()
    silent(pulse.name, 100)
    db.session.commit()
    sender = Sender(Lane.DIRECT, pulse.name, pulse.show_if_late)
    queue("early")
    pulse._last = time.monotonic() - heartbeat.LATE + 5
    sender.send_due()
    assert workers.live() == []
    queue("late")
    pulse._last = time.monotonic() - heartbeat.LATE
    sender.send_due()
    assert [each.name for each in workers.live()] == [pulse.name]


@pytest.mark.parametrize(
    "looks", [(5, 15, 25, 35, 45, 55, 61), (5, 15, 25, 85, 95, 101)], ids=["always", "away for a minute"]
)
def test_a_worker_is_watched_from_its_last_sign_on_but_not_while_nobody_could_give_one(monkeypatch, looks):
    queue("dead")
    mail_claims.claim(Lane.DIRECT, owner="dead", most=1)
    pulse, seconds, began = Heartbeat(), [1000.0], clock.now()
    monkeypatch.setattr("forum.jobs.heartbeat.time.monotonic", lambda: seconds[0])
    with clock.at(began):
        heartbeats.note_alive("dead", started_at=began, lanes=Lane)

    def look(after) -> int:
        seconds[0] = 1000.0 + after
        with clock.at(began + timedelta(seconds=after)):
            return pulse.recover()

    assert [look(after) for after in looks] == [0] * (len(looks) - 1) + [1]
    assert mails()[0].state == MailState.QUEUED


def test_after_the_clock_was_set_back_nothing_waits_for_the_time_before(sent):
    now = clock.now()
    with clock.at(now + HOUR):
        heartbeats.note_alive("dead", started_at=now, lanes=Lane)
        calendar.prepare()
        calendar.do_due("dead")
        recurring.claim_due(list(calendar.BY_NAME), owner="dead")
        events.record("password.changed", member_id=make_member("Dirk").id)
        queue("queued")
        queue("later", not_before=clock.now() + HOUR)
        queue("claimed")
        queue("tried")
        mail = mails(key="claimed")[0]
        mail.state, mail.claimed_at, mail.claimed_by = MailState.SENDING, clock.now(), "dead"
        tried = mails(key="tried")[0]
        tried.claimed_at = clock.now()
        mail_claims.schedule_retry(tried, "451 later")
        db.session.commit()
    assert workers.live() == [], "a sign from the future is none"
    current_app.extensions.pop("heartbeat", None)  # as of a process that was not there before
    worker.do_what_is_due()
    assert {mail.key: mail.state for mail in mails() if mail.key != "later"} == {
        mail.key: MailState.SENT for mail in mails() if mail.key != "later"
    }
    assert len(mails()) == 5
    assert mails(key="later")[0].state == MailState.QUEUED
    planned = workers.recurring()
    assert {work.last_at > now for work in planned if work.last_at} == {True}
    late = {
        work.name for work in planned if work.next_at > calendar.BY_NAME[work.name].next_after(clock.now())
    }
    assert late == set()
    assert max(work.last_at for work in planned) < now + HOUR / 2


def test_the_heartbeat_notices_when_the_clock_is_set_back(monkeypatch):
    moved = []
    monkeypatch.setattr(mail_claims, "move_up", lambda: moved.append(1))
    pulse, now = Heartbeat(), clock.now()
    for moment in (now, now - timedelta(seconds=50), now + HOUR, now):
        with clock.at(moment):
            pulse.recover()
    assert len(moved) == 2, "at the first look, which cannot know, and at the last"


if POSTGRES:

    @pytest.mark.live
    def test_a_row_that_a_frozen_worker_holds_does_not_silence_the_others(live_app):
        with live_app.app_context():
            queue("held")
            queue("free")
            db.session.commit()
            mail_claims.claim(Lane.DIRECT, owner="dead", most=5)
            db.session.commit()
            frozen = create_engine(live_app.config["SQLALCHEMY_DATABASE_URI"])
            with frozen.connect() as holder:
                holder.execute(text("SELECT 1 FROM outgoing_mail WHERE key = 'held' FOR UPDATE"))
                db.session.execute(text("SET lock_timeout = '2s'"))
                assert Heartbeat().recover(silent_for=timedelta(0), watched_for=0) == 1
                assert {mail.key: mail.state for mail in mails()} == {
                    "held": MailState.SENDING, "free": MailState.QUEUED
                }  # fmt: skip
            frozen.dispose()
            assert Heartbeat().recover(silent_for=timedelta(0), watched_for=0) == 1
            db.session.expire_all()
            assert {mail.state for mail in mails()} == {MailState.QUEUED}
            db.session.remove()

    @pytest.mark.live
    def test_what_a_frozen_worker_began_is_ended_by_postgresql_and_says_nothing_about_its_event(live_app):
        with live_app.app_context():
            limit = db.session.scalar(text("SHOW idle_in_transaction_session_timeout"))
            assert limit == "1min"
            event = events.record("password.changed", member_id=make_member("Dirk").id)
            db.session.commit()
            db.session.execute(text("SET idle_in_transaction_session_timeout = '50ms'"))
            db.session.commit()
            db.session.execute(text("SELECT 1"))
            time.sleep(0.3)
            with pytest.raises(SQLAlchemyError) as ended:
                event_processing.process_due()
            assert failures.of(ended.value) is failures.Failure.AWAY
            db.session.rollback()
            db.session.refresh(event)
            assert (event.attempts, event.handled_at) == (0, None)
            db.session.remove()
