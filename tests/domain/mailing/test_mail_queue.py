"""When a mail is tried again: after growing delays, and not for ever; whose it is meanwhile, and what becomes of it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from forum.domain.mailing import hold, mail_claims, mail_queue, mail_status
from forum.infra import clock, wakeups
from forum.infra.db import db
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.maintenance import RestoredCopy
from tests.factories import LONG_AGO, make_member

SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
)  # fmt: skip


def queue(key, *, lane=Lane.DIRECT, kind="password_changed", member_id=None, **options):
    member_id = member_id or make_member().id
    return mail_queue.queue_mail(kind, key=key, lane=lane, member_id=member_id, **options)


def claim(lane=Lane.DIRECT, *, owner="here", most=5):
    return mail_claims.claim(lane, owner=owner, most=most)


@pytest.fixture
def mail(session):
    """A mail of long ago."""
    with clock.at(LONG_AGO):
        queue("p1")
    return db.session.scalars(db.select(OutgoingMail)).one()


def later(mail, attempts, *, age=timedelta(0)):
    """How long a mail waits that was tried so often before, first long ago, or how it ended."""
    mail.attempts, mail.failing_since = attempts, LONG_AGO
    with clock.at(LONG_AGO + age):
        mail_claims.schedule_retry(mail, "451 busy")
        assert mail.reason == "451 busy"
        assert mail.attempts == attempts + 1
        return mail.next_try_at - clock.now() if mail.state == MailState.QUEUED else mail.state


def test_each_try_waits_longer_than_the_one_before_give_or_take_a_fifth(mail):
    wanted = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, 12 * HOUR, 12 * HOUR]
    for _round in range(20):
        waits = [later(mail, attempts) for attempts in range(9)]
        assert all(0.8 * most <= wait <= 1.2 * most for wait, most in zip(waits, wanted, strict=True))
    assert len({later(mail, 6) for _round in range(20)}) > 1


def test_after_four_days_it_is_given_up(mail):
    assert later(mail, 0, age=4 * DAY - 2 * MINUTE) >= 0.8 * MINUTE
    assert later(mail, 0, age=4 * DAY - 0.7 * MINUTE) == MailState.FAILED


def test_who_gives_a_mail_back_leaves_it_as_it_was_until_four_days_are_over(mail):
    with clock.at(LONG_AGO + DAY):
        claim()
        mail_claims.release(mail)
        assert mail.failing_since is None, "it was not even tried"
    mail.failing_since = LONG_AGO
    with clock.at(LONG_AGO + 4 * DAY):
        claim()
        mail_claims.release(mail, "no connection")
        assert (mail.state, mail.attempts, mail.next_try_at) == (MailState.QUEUED, 0, LONG_AGO)
        assert claim() == [mail]
    with clock.at(LONG_AGO + 4 * DAY + SECOND):
        mail_claims.release(mail)
        assert mail.state == MailState.QUEUED, "it was not even tried"
        claim()
        mail_claims.release(mail, "no connection")
        assert (mail.state, mail.reason) == (MailState.FAILED, "no connection")


def test_the_four_days_begin_with_the_first_try_and_not_while_it_waits_for_its_time(session):
    with clock.at(LONG_AGO):
        queue("late", not_before=LONG_AGO + 5 * DAY)
    with clock.at(LONG_AGO + 5 * DAY):
        (late,) = claim()
        mail_claims.schedule_retry(late, "450 busy")
        assert late.state == MailState.QUEUED
        assert late.failing_since == clock.now()


def test_a_mail_that_waits_is_not_claimed_before_its_time(mail):
    with clock.at(LONG_AGO):
        assert mail_claims.anything_due(Lane.DIRECT)
        assert claim() == [mail]
        assert (mail.state, mail.claimed_at, mail.claimed_by) == (MailState.SENDING, LONG_AGO, "here")
        assert not mail_claims.anything_due(Lane.DIRECT)
        assert claim() == []
        mail.state, mail.next_try_at = MailState.QUEUED, LONG_AGO + MINUTE
        db.session.flush()
        assert not mail_claims.anything_due(Lane.DIRECT)
    with clock.at(LONG_AGO + MINUTE - SECOND):
        assert claim() == []
    with clock.at(LONG_AGO + MINUTE):
        assert mail_claims.anything_due(Lane.DIRECT)
        assert claim() == [mail]


def test_a_lane_has_its_own_mail_and_what_waits_longest_goes_first(mail):
    with clock.at(LONG_AGO - HOUR):
        queue("p0", member_id=mail.member_id)
        queue("b1", lane=Lane.BULK, member_id=mail.member_id)
    with clock.at(LONG_AGO):
        assert [each.key for each in claim(most=1) + claim(most=5)] == ["p0", "p1"]
        assert [each.key for each in claim(Lane.BULK)] == ["b1"]
        assert [claim(lane) for lane in Lane] == [[]] * 4


def test_mail_that_failed_before_goes_last_unless_it_is_asked_for(mail):
    mail.failing_since = LONG_AGO
    queue("new", member_id=mail.member_id)
    assert [each.key for each in claim(most=1)] == ["new"]
    mail_claims.take_back({"here"})
    assert mail_claims.claim(Lane.DIRECT, owner="here", most=1, failed_first=True) == [mail]


def test_a_key_is_queued_once_and_names_its_letter(mail):
    assert not queue("p1", member_id=mail.member_id)
    assert queue("p2", member_id=mail.member_id, payload={"a": 1})
    rows = db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.key)).all()
    assert [(row.key, row.payload, row.attempts) for row in rows] == [("p1", {}, 0), ("p2", {"a": 1}, 0)]
    assert mail.message_id.endswith("@forum.test>")


def test_how_a_mail_ends_is_written_on_it(mail):
    with clock.at(LONG_AGO + HOUR):
        mail_claims.mark_failed(mail, "550 nobody")
        ended = (mail.state, mail.reason, mail.attempts, mail.sent_at)
        assert ended == (MailState.FAILED, "550 nobody", 1, None)
        mail_claims.mark_cancelled(mail, "she left")
        assert (mail.state, mail.reason, mail.attempts) == (MailState.CANCELLED, "she left", 1)
        mail.state, mail.claimed_by, mail.claimed_at = MailState.SENDING, "here", LONG_AGO
        db.session.flush()
        assert mail_claims.mark_sent(mail.id, "here", LONG_AGO)
        db.session.expire(mail)
        assert (mail.state, mail.reason, mail.attempts, mail.sent_at) == (MailState.SENT, "", 2, clock.now())


@pytest.mark.parametrize(("attempts", "state"), [(0, "queued"), (3, "queued"), (4, "failed"), (9, "failed")])
def test_a_letter_that_cannot_be_made_gets_five_tries(mail, attempts, state):
    mail.attempts = attempts
    with clock.at(LONG_AGO):
        mail_claims.mark_render_failed(mail, "KeyError")
    assert (mail.state, mail.reason, mail.attempts) == (state, "KeyError", attempts + 1)


def test_a_claim_that_another_worker_took_over_is_seen(mail):
    with clock.at(LONG_AGO):
        claim()
    assert mail_claims.still_claimed(mail, "here", LONG_AGO)
    assert not mail_claims.still_claimed(mail, "here", LONG_AGO - MINUTE)
    assert not mail_claims.still_claimed(mail, "there", LONG_AGO)
    taken = update(OutgoingMail).values(claimed_by="there")
    db.session.execute(taken.execution_options(synchronize_session=False))
    assert not mail_claims.still_claimed(mail, "here", LONG_AGO)
    assert mail_claims.still_claimed(mail, "there", LONG_AGO)


def test_a_mail_goes_to_a_member_or_by_an_invitation_or_a_request_for_access():
    row = mail_queue.mail_row("x", key="k", lane=Lane.DIRECT, invitation_id=5, access_request_id=6)
    assert (row["member_id"], row["invitation_id"], row["access_request_id"]) == (None, 5, 6)


def test_what_became_of_the_first_mail_of_a_kind_since_a_moment_is_told(mail):
    member_id, other = mail.member_id, make_member("Other").id

    def told(since, kind="password_changed", whose=member_id):
        return mail_queue.state_of(kind, whose, since=since)

    mail.state = MailState.SENT
    with clock.at(LONG_AGO + HOUR):
        queue("second", member_id=member_id)
    with clock.at(LONG_AGO + DAY):
        queue("third", member_id=member_id)
        queue("of another", member_id=other)
        queue("digest", member_id=member_id, kind="digest")
    mail_queue.cancel(["third", "of another"], "")
    assert told(LONG_AGO) == MailState.SENT
    assert told(LONG_AGO + SECOND) == MailState.QUEUED
    assert told(LONG_AGO + DAY) == MailState.CANCELLED
    assert told(LONG_AGO + DAY + SECOND) is None
    assert told(LONG_AGO, kind="digest") == MailState.QUEUED
    assert told(LONG_AGO, whose=other) == MailState.CANCELLED


def test_whatever_makes_mail_due_wakes_the_workers_and_nothing_else_does(mail):
    def wakes():
        return db.session.info.pop(wakeups.WAKES, False)

    assert wakes(), "queued"
    assert not queue("p1", member_id=mail.member_id)
    assert not wakes(), "it was queued before"
    claim()
    assert not wakes()
    mail_claims.take_back({"here"})
    assert wakes(), "taken back"
    mail_claims.mark_failed(mail, "550 nobody")
    assert mail_status.retry() == 1
    assert wakes(), "sent again by a person"
    db.session.add(RestoredCopy(id=1, backup_made_at=LONG_AGO, restored_at=LONG_AGO))
    db.session.flush()
    assert not wakes()
    hold.release()
    assert wakes(), "no longer held"
    assert hold.release() is None
    assert not wakes()


@pytest.mark.parametrize(("base", "host"), [("https://forum.test:8000/x", "forum.test"), ("/", "localhost")])
def test_a_message_id_names_our_host(app, monkeypatch, base, host):
    monkeypatch.setitem(app.config, "BASE_URL", base)
    row = mail_queue.mail_row("digest", key="b1", lane=Lane.BULK)
    assert row["message_id"].endswith(f"@{host}>")
