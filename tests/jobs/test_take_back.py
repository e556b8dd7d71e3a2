"""Claims that come back: a worker's own after the database failed, those of a dead one, those of an older release."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from forum.domain.mailing import heartbeats, hold, mail_claims
from forum.infra import clock
from forum.infra.db import db
from forum.infra.mailer import Uncertain
from forum.jobs import letters, worker
from forum.jobs.heartbeat import Heartbeat
from forum.jobs.sending import Sender
from forum.models.events import Heartbeat as HeartbeatRow
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.maintenance import RestoredCopy
from forum.models.subscriptions import Digest, DigestState
from tests.jobs.test_worker import due_digest, mails, queue, silent, through

DAY = timedelta(days=1)


def take_back_of(*dead, lane=None):
    return mail_claims.take_back(set(dead), lane=lane)


def states():
    return {mail.key: mail.state for mail in mails()}


def test_what_a_worker_claimed_when_the_database_failed_is_its_own_to_take_back(monkeypatch, sent):
    make, calls = letters.letter_for, []

    def cut_at_first(mail):
        calls.append(mail.key)
        if len(calls) == 1:
            raise OperationalError("SELECT", {}, Exception("database is locked"))
        return make(mail)

    monkeypatch.setattr(letters, "letter_for", cut_at_first)
    for key in ("first", "second"):
        queue(key)
    sender = Sender(Lane.DIRECT, "here")
    with pytest.raises(OperationalError):
        sender.send_due()
    db.session.expire_all()
    assert states() == {"first": MailState.QUEUED, "second": MailState.SENDING}
    assert {(mail.attempts, mail.reason) for mail in mails()} == {(0, "")}, (
        "it says nothing about the letters"
    )
    assert sender.send_due() == 2
    assert states() == {"first": MailState.SENT, "second": MailState.SENT}
    assert len(sent) == 2


def test_a_lane_takes_back_its_own_mail_and_not_that_of_the_lane_beside_it(session):
    for lane in (Lane.DIRECT, Lane.NOTICE):
        queue(lane, lane=lane)
        mail_claims.claim(lane, owner="here", most=1)
    assert take_back_of("here", lane=Lane.DIRECT) == []
    assert states() == {Lane.DIRECT: MailState.QUEUED, Lane.NOTICE: MailState.SENDING}


def test_an_error_behind_the_server_leaves_the_letter_uncertain(monkeypatch, sent, caplog):
    """Whatever it is: the server may have the letter, so it is not one that could not be made."""
    queue()
    (mail,) = mails()
    with monkeypatch.context() as patch:
        way_out = through(patch, Uncertain(""))

        def send(message, *, before_data):
            before_data()
            raise KeyError("secret words")

        way_out.send = send
        worker.run_until_idle()
    assert (mail.state, mail.attempts, mail.reason) == (MailState.QUEUED, 1, "KeyError")
    assert mail.uncertain_at is not None
    assert f"mail {mail.id} (password_changed) met an error behind the server" in caplog.text
    name = mail.message_id
    with clock.at(clock.now() + mail_claims.AGAIN):
        worker.run_until_idle()
    assert (mail.state, [message["Message-ID"] for message in sent]) == (MailState.SENT, [name])


@pytest.mark.parametrize("noted", [True, False])
def test_a_letter_that_the_server_took_is_sent_also_when_others_took_the_claim_back(monkeypatch, noted):
    """Also when the database itself crashed, and lost that it was handed over."""
    queue()
    (mail,) = mails()
    way_out = through(monkeypatch, Uncertain(""))

    def send(message, *, before_data):
        before_data()
        if not noted:
            db.session.execute(db.update(OutgoingMail).values(handed_over_at=None))
        take_back_of("here")
        db.session.commit()
        assert (mails()[0].state, mails()[0].uncertain_at is not None) == (MailState.QUEUED, noted)
        way_out.tries += 1

    way_out.send = send
    assert Sender(Lane.DIRECT, "here").send_due() == 1
    assert (mail.state, way_out.tries) == (MailState.SENT, 1)


def test_a_second_try_that_was_not_handed_over_can_still_be_taken_back(session):
    """What was handed over at the first try says nothing about the second one."""
    queue()
    (mail,) = mail_claims.claim(Lane.DIRECT, owner="first", most=1)
    assert mail_claims.hand_over(mail.id, "first", mail.claimed_at)
    assert take_back_of("first") == [mail]
    assert (mail.state, mail.reason, mail.attempts) == (MailState.QUEUED, "the answer was lost", 1)
    assert mail_claims.claim(Lane.DIRECT, owner="second", most=1) == [mail]
    assert take_back_of("second") == []
    assert (mail.state, mail.attempts) == (MailState.QUEUED, 1)


@pytest.mark.parametrize("whose", ["of another", "its own"])
def test_the_digest_of_a_letter_of_which_nothing_is_known_ends_with_it(session, caplog, whose):
    due_digest()
    (mail,) = mail_claims.claim(Lane.BULK, owner="dead", most=1)
    assert mail_claims.hand_over(mail.id, "dead", mail.claimed_at)
    mail.uncertain_at = clock.now()  # at the try before
    db.session.commit()
    if whose == "its own":
        sender = Sender(Lane.BULK, "dead")
        sender._holds_claims = True
        assert sender.send_due() == 0
    else:
        silent("dead", 61)
        assert Heartbeat().recover(watched_for=0) == 1
    db.session.expire_all()
    assert mail.state == MailState.UNCERTAIN
    (digest,) = db.session.scalars(db.select(Digest)).all()
    assert (digest.state, digest.reason) == (DigestState.FAILED, mail_claims.LOST)
    assert f"mail {mail.id} (digest, bulk) is uncertain: {mail_claims.LOST}" in caplog.text


def test_what_a_worker_of_an_older_release_claimed_is_taken_back(session):
    """It wrote no owner on it."""
    queue("old")
    queue("new")
    for mail in mail_claims.claim(Lane.DIRECT, owner="here", most=2):
        mail.claimed_by = None if mail.key == "old" else "alive"
    silent("alive", 0)
    db.session.commit()
    assert Heartbeat().recover(watched_for=0) == 1
    assert states() == {"old": MailState.QUEUED, "new": MailState.SENDING}


def test_a_worker_that_has_been_silent_for_a_day_is_forgotten_and_one_that_ends_well_at_once(session):
    pulse, now = Heartbeat(), clock.now()
    silent("yesterday", DAY.total_seconds() + 1)
    silent("today", DAY.total_seconds() - 1)
    pulse.show()
    with clock.at(now):
        pulse.recover()
    names = db.select(HeartbeatRow.name)
    assert set(db.session.scalars(names)) == {"today", pulse.name}
    heartbeats.note_ended("nobody")
    pulse.end()
    assert set(db.session.scalars(names)) == {"today"}


def test_mail_that_a_worker_had_in_hand_when_the_copy_was_restored_is_cancelled_by_the_release(session):
    queue("in hand")
    queue("waiting")
    mail_claims.claim(Lane.DIRECT, owner="of the forum that was backed up", most=1)
    db.session.add(RestoredCopy(id=1, backup_made_at=clock.now(), restored_at=clock.now()))
    db.session.flush()
    assert hold.release() == 2
    db.session.expire_all()
    assert {(mail.state, mail.reason) for mail in mails()} == {(MailState.CANCELLED, hold.RESTORED)}
