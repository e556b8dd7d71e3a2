"""A letter or an event over which the database fails each time stands aside; what this worker cut off does not."""

import threading
import time

import pytest
from sqlalchemy.exc import OperationalError

from forum.domain.mailing import events, mail_claims
from forum.infra.db import db
from forum.infra.mailer import Away, Permanent, Temporary
from forum.jobs import event_processing, letters, stumbles, worker
from forum.jobs.sending import Sender
from forum.jobs.stumbles import Stumbles
from forum.models.mail import Lane, MailState
from tests.factories import make_member
from tests.jobs.test_worker import mails, queue, through

TOO_LONG = "canceling statement due to statement timeout"


def failing():
    return OperationalError("SELECT", {}, Exception(TOO_LONG))


def test_a_letter_over_which_the_database_always_fails_stands_aside_and_the_rest_goes_on(monkeypatch, sent):
    queue("bad", lane=Lane.BULK)
    queue("good", lane=Lane.BULK)
    make = letters.letter_for

    def made(mail):
        if mail.key == "bad":
            raise failing()
        return make(mail)

    monkeypatch.setattr(letters, "letter_for", made)
    sender = Sender(Lane.BULK, "here")
    for _time in range(stumbles.MOST - 1):
        with pytest.raises(OperationalError):
            sender.send_due()
        assert mails(key="bad")[0].attempts == 0, "it may be the database"
    assert sender.send_due() == 2
    bad, good = mails()
    assert (bad.state, bad.attempts, bad.reason) == (MailState.QUEUED, 1, "OperationalError")
    assert good.state == MailState.SENT
    assert sender.send_due() == 0


def test_an_event_over_which_the_database_always_fails_stands_aside_and_the_rest_goes_on(monkeypatch):
    def broken(event):
        raise failing()

    reactions = {**event_processing.REACTIONS, "poison.taken": (broken,)}
    monkeypatch.setattr(event_processing, "REACTIONS", reactions)
    poison = events.record("poison.taken")
    good = events.record("password.changed", member_id=make_member().id)
    db.session.commit()
    met = Stumbles()
    for _time in range(stumbles.MOST - 1):
        with pytest.raises(OperationalError):
            event_processing.process_due(met)
        assert (poison.attempts, good.handled_at) == (0, None)
    assert event_processing.process_due(met) == 1
    assert (poison.attempts, poison.last_error) == (1, "OperationalError")
    assert event_processing.process_due(met) == 1
    assert good.handled_at is not None
    poison.next_try_at = poison.created_at
    db.session.commit()
    with pytest.raises(OperationalError):
        event_processing.process_due(met)


def test_failures_over_one_row_count_only_in_a_row(session):
    met = Stumbles()
    rows = [1] * (stumbles.MOST - 1) + [2] + [1] * (stumbles.MOST - 1)
    assert not any(met.is_of_the_row(row) for row in rows)
    assert met.is_of_the_row(1)
    assert not met.is_of_the_row(1)


@pytest.mark.parametrize("cut", [Away("shut down"), Temporary("closed", connection_lost=True)])
def test_a_letter_that_is_cut_off_because_the_worker_ends_is_as_it_was(monkeypatch, caplog, cut):
    way_out = through(monkeypatch, cut)
    queue("earlier")
    (mail,) = mails()
    mail.reason, mail.attempts = "451 later", 1
    db.session.commit()
    sender = Sender(Lane.DIRECT, "here")

    def send(message, *, before_data):
        sender.stop.set()
        sender.leave.set()
        raise cut

    way_out.send = send
    assert sender.send_due() == 0
    assert (mail.state, mail.attempts, mail.reason) == (MailState.QUEUED, 1, "451 later")
    assert mail.failing_since is None
    assert sender.seconds_to_rest() == 0
    assert "tried again" not in caplog.text, "it was not even tried"


@pytest.mark.parametrize("refusal", [Permanent("550 seen already"), KeyError("secret")])
def test_what_the_server_may_have_is_never_called_failed(monkeypatch, refusal):
    queue()
    (mail,) = mails()
    mail_claims.claim(Lane.DIRECT, owner="here", most=1)
    mail_claims.mark_uncertain(mail, "the answer was lost", again_after=mail_claims.AGAIN * 0)
    mail.attempts = mail_claims.UNREADABLE - 1
    db.session.commit()
    if isinstance(refusal, KeyError):
        monkeypatch.setattr(letters, "letter_for", lambda mail: {}["missing"])
    else:
        through(monkeypatch, refusal)
    Sender(Lane.DIRECT, "here").send_due()
    assert mail.state == MailState.UNCERTAIN
    assert mail.reason == getattr(refusal, "reason", "KeyError")


def test_a_database_that_is_frozen_when_a_worker_ends_does_not_keep_it(app, monkeypatch, caplog):
    ended = []
    monkeypatch.setattr(worker, "FINISH", 0.05)
    monkeypatch.setattr(worker, "END", 0.2)
    monkeypatch.setattr(worker.os, "_exit", ended.append)
    monkeypatch.setattr(worker.logging, "shutdown", lambda: None)
    made = worker.Worker(app, [Lane.DIRECT])
    frozen = threading.Event()
    monkeypatch.setattr(made.heartbeat, "end", frozen.wait)
    began = time.monotonic()
    made._end([], 0)
    assert time.monotonic() - began < 5
    assert ended == [0]
    assert "the worker ends while heartbeat is still at work" in caplog.text
    frozen.set()
