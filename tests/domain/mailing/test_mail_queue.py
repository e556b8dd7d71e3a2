"""When a mail is tried again: after growing delays, sooner while only the line is broken, and not for ever."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from forum.domain.mailing import mail_queue
from forum.infra import clock
from forum.infra.db import db
from forum.models.mail import Lane, MailState, OutgoingMail
from tests.factories import LONG_AGO, make_member

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def mail(session):
    """A mail of long ago."""
    with clock.at(LONG_AGO):
        mail_queue.queue_mail("password_changed", key="p1", member_id=make_member().id)
    return db.session.scalars(db.select(OutgoingMail)).one()


def later(mail, attempts, *, unreachable=False, age=timedelta(0)):
    """How long a mail waits that was tried so often before, or how it ended."""
    mail.attempts = attempts
    with clock.at(LONG_AGO + age):
        mail_queue.schedule_retry(mail, "451 busy", unreachable=unreachable)
        assert mail.reason == "451 busy"
        assert mail.attempts == attempts + 1
        return mail.next_try_at - clock.now() if mail.state == MailState.QUEUED else mail.state


def test_each_try_waits_longer_than_the_one_before(mail):
    waits = [later(mail, attempts) for attempts in range(9)]
    assert waits == [
        MINUTE,
        5 * MINUTE,
        15 * MINUTE,
        HOUR,
        4 * HOUR,
        8 * HOUR,
        12 * HOUR,
        12 * HOUR,
        12 * HOUR,
    ]


def test_a_broken_line_is_tried_every_five_minutes_at_first_and_then_every_quarter(mail):
    assert [later(mail, n, unreachable=True) for n in (0, 1, 2, 6)] == [
        MINUTE,
        5 * MINUTE,
        5 * MINUTE,
        5 * MINUTE,
    ]
    young = HOUR - timedelta(seconds=1)
    assert later(mail, 6, unreachable=True, age=young) == 5 * MINUTE
    assert [later(mail, n, unreachable=True, age=HOUR) for n in (0, 1, 2, 6)] == [
        MINUTE, 5 * MINUTE, 15 * MINUTE, 15 * MINUTE
    ]  # fmt: skip


def test_after_four_days_it_is_given_up(mail):
    assert later(mail, 0, age=4 * DAY - MINUTE) == MINUTE
    assert later(mail, 0, age=4 * DAY - MINUTE + timedelta(seconds=1)) == MailState.FAILED
    mail.state = MailState.SENDING
    assert later(mail, 3, unreachable=True, age=4 * DAY) == MailState.FAILED


def test_a_mail_that_waits_is_not_claimed_before_its_time(mail):
    with clock.at(LONG_AGO):
        assert mail_queue.anything_due()
        claimed = mail_queue.claim_next()
        assert claimed is mail
        assert (mail.state, mail.claimed_at) == (MailState.SENDING, LONG_AGO)
        assert not mail_queue.anything_due()
        assert mail_queue.claim_next() is None
        mail_queue.schedule_retry(mail, "away", unreachable=True)
        assert not mail_queue.anything_due()
        assert mail_queue.claim_next() is None
    with clock.at(LONG_AGO + MINUTE - timedelta(seconds=1)):
        assert mail_queue.claim_next() is None
    with clock.at(LONG_AGO + MINUTE):
        assert mail_queue.anything_due()
        assert mail_queue.claim_next() is mail


def test_direct_mail_goes_first_and_of_two_the_one_that_waits_longest(mail):
    with clock.at(LONG_AGO - DAY):
        mail_queue.queue_mail("digest", key="b1", member_id=mail.member_id, lane=Lane.BULK)
    with clock.at(LONG_AGO - HOUR):
        mail_queue.queue_mail("password_changed", key="p0", member_id=mail.member_id)
    with clock.at(LONG_AGO):
        assert [claimed.key for claimed in iter(mail_queue.claim_next, None)] == ["p0", "p1", "b1"]


def test_a_key_is_queued_once_and_names_its_letter(mail):
    assert not mail_queue.queue_mail("password_changed", key="p1", member_id=mail.member_id)
    assert mail_queue.queue_mail("password_changed", key="p2", member_id=mail.member_id, payload={"a": 1})
    rows = db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.key)).all()
    assert [(row.key, row.payload, row.lane, row.attempts) for row in rows] == [
        ("p1", {}, Lane.DIRECT, 0), ("p2", {"a": 1}, Lane.DIRECT, 0)
    ]  # fmt: skip
    assert mail.message_id.endswith("@forum.test>")


def test_how_a_mail_ends_is_written_on_it(mail):
    with clock.at(LONG_AGO + HOUR):
        mail_queue.mark_failed(mail, "550 nobody")
        assert (mail.state, mail.reason, mail.attempts, mail.sent_at) == (
            MailState.FAILED,
            "550 nobody",
            1,
            None,
        )
        mail_queue.mark_cancelled(mail, "she left")
        assert (mail.state, mail.reason, mail.attempts) == (MailState.CANCELLED, "she left", 1)
        mail_queue.mark_sent(mail)
        assert (mail.state, mail.reason, mail.attempts, mail.sent_at) == (MailState.SENT, "", 2, clock.now())


@pytest.mark.parametrize(("attempts", "state"), [(0, "queued"), (3, "queued"), (4, "failed"), (9, "failed")])
def test_a_letter_that_cannot_be_made_gets_five_tries(mail, attempts, state):
    mail.attempts = attempts
    with clock.at(LONG_AGO):
        mail_queue.mark_render_failed(mail, "KeyError")
    assert (mail.state, mail.reason, mail.attempts) == (state, "KeyError", attempts + 1)


def test_what_a_dead_worker_holds_comes_free_after_its_lease(mail):
    with clock.at(LONG_AGO):
        mail_queue.claim_next()
        assert mail_queue.still_claimed(mail, LONG_AGO)
        assert not mail_queue.still_claimed(mail, LONG_AGO - MINUTE)
    with clock.at(LONG_AGO + 5 * MINUTE):
        assert mail_queue.requeue_abandoned() == 0
    with clock.at(LONG_AGO + 5 * MINUTE + timedelta(seconds=1)):
        assert mail_queue.requeue_abandoned() == 1
        db.session.refresh(mail)
        assert (mail.state, mail.next_try_at) == (MailState.QUEUED, clock.now())
        assert not mail_queue.still_claimed(mail, LONG_AGO)
        assert mail_queue.requeue_abandoned() == 0


def test_without_another_word_a_mail_is_direct_and_the_server_was_there(mail):
    row = mail_queue.mail_row("invitation", key="i1", invitation_id=7)
    assert (row["lane"], row["invitation_id"], row["member_id"]) == (Lane.DIRECT, 7, None)
    mail.attempts = 6
    with clock.at(LONG_AGO):
        mail_queue.schedule_retry(mail, "451 busy")
    assert mail.next_try_at == LONG_AGO + 12 * HOUR


def test_a_claim_that_another_worker_took_over_is_seen(mail):
    with clock.at(LONG_AGO):
        mail_queue.claim_next()
    taken = update(OutgoingMail).values(claimed_at=LONG_AGO + HOUR)
    db.session.execute(taken.execution_options(synchronize_session=False))
    assert not mail_queue.still_claimed(mail, LONG_AGO)
    assert mail_queue.still_claimed(mail, LONG_AGO + HOUR)


@pytest.mark.parametrize(("base", "host"), [("https://forum.test:8000/x", "forum.test"), ("/", "localhost")])
def test_a_message_id_names_our_host(app, monkeypatch, base, host):
    monkeypatch.setitem(app.config, "BASE_URL", base)
    assert mail_queue.mail_row("digest", key="b1")["message_id"].endswith(f"@{host}>")
