"""What is asked once more when a mail leaves, and what its refusal says of the address that it goes to."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.domain.mailing import bounces, mail_status, notice_choices, quiet_times
from forum.domain.mailing.kinds import KINDS
from forum.domain.mailing.mail_queue import queue_mail
from forum.domain.mailing.stops import DIGEST, STOPS
from forum.infra import clock
from forum.infra.db import db
from forum.infra.mailer import Away
from forum.jobs import letters, worker
from forum.jobs.letter_content import NothingToSend
from forum.models.bounces import Bounce, BounceKind
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.spaces import Invitation, Role
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.jobs.test_letters import mail_of, notice_mail  # noqa: F401 - a fixture
from tests.jobs.test_worker import through
from tests.servers import smtp_server


def at(moment):
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def queued(member, key, lane=Lane.NOTICE, **more):
    queue_mail("password_changed", key=key, lane=lane, member_id=getattr(member, "id", None), **more)
    return db.session.scalars(db.select(OutgoingMail).where(OutgoingMail.key == key)).one()


@pytest.mark.parametrize(
    ("moment", "hours", "until"),
    [
        ("2027-01-05 22:30", (22, 7), "2027-01-06 06:00"),
        ("2027-03-28 00:30", (22, 2), "2027-03-28 01:00"),
        ("2027-03-27 22:30", (22, 7), "2027-03-28 05:00"),
        ("2027-10-31 00:30", (22, 3), "2027-10-31 02:00"),
        ("2027-10-31 01:30", (2, 3), "2027-10-31 02:00"),
    ],
)
def test_quiet_hours_chosen_after_a_notice_was_planned_hold_when_it_leaves(sent, moment, hours, until):
    ann, bea = (make_member(name, timezone="Europe/Brussels") for name in ("Ann", "Bea"))
    with clock.at(at(moment) - timedelta(days=5)):
        notice, held_up = queued(ann, "a"), queued(ann, "b")
        queued(ann, "c", Lane.DIRECT)
        queued(bea, "d")
    # The relay was broken until now, and four days are over before they end.
    held_up.attempts, held_up.reason = 3, "451 Later"
    held_up.failing_since = at(moment) - timedelta(days=4)
    quiet_times.choose(ann.id, hours)
    for quiet in (at(moment), at(until) - timedelta(minutes=1)):
        with clock.at(quiet):
            worker.run_until_idle()
            assert [mail["To"] for mail in sent] == [ann.email, bea.email]
            assert (mail_status.why_waiting(), mail_status.for_a_person()) == ({}, [])
    assert [(each.state, each.next_try_at) for each in (notice, held_up)] == [
        (MailState.QUEUED, at(until))
    ] * 2
    assert (notice.attempts, notice.failing_since, held_up.attempts) == (0, None, 3)
    with clock.at(at(until)):
        worker.run_until_idle()
    assert [mail["To"] for mail in sent[2:]] == [ann.email] * 2


def test_a_relay_that_breaks_in_the_evening_lets_nothing_go_at_night(sent, monkeypatch):
    ann = make_member("Ann", timezone="Europe/Brussels")
    quiet_times.choose(ann.id, (22, 7))
    with monkeypatch.context() as broken, clock.at(at("2027-01-05 20:50")):
        through(broken, Away("no connection"))
        mail = queued(ann, "a")
        worker.run_until_idle()
        assert mail.reason == "no connection"
    with clock.at(at("2027-01-05 21:10")):
        worker.run_until_idle()
    assert (sent, mail.next_try_at, mail.attempts) == ([], at("2027-01-06 06:00"), 0)
    quiet_times.choose(ann.id, (22, 8))
    for moment, letters_sent in (("2027-01-06 06:00", 0), ("2027-01-06 07:00", 1)):
        with clock.at(at(moment)):
            worker.run_until_idle()
        assert len(sent) == letters_sent


def test_the_digest_comes_at_the_hour_that_its_reader_chose(mail_of, sent):  # noqa: F811
    mail = mail_of("digest")
    hour = clock.now().hour
    quiet_times.choose(mail.member_id, (hour, (hour + 23) % 24))
    worker.run_until_idle()
    assert mail.state == MailState.SENT


@pytest.mark.parametrize("stop", sorted(set(STOPS) - {DIGEST}))
def test_each_stop_holds_after_a_mail_was_planned_and_stops_no_other(mail_of, sent, stop):  # noqa: F811
    kind = next(kind for kind in KINDS.values() if kind.stop == stop)
    if kind.letters:
        mail = mail_of(kind.letters[0])
    else:
        space = make_space("Aalst", city="aalst")
        dirk, ruben = make_member("Dirk", space=space), make_member("Ruben", space=space)
        mail = notice_mail(dirk, make_post(make_thread(space, dirk), ruben), kind=kind.name)
    others = set(STOPS) - {DIGEST, stop}
    for other in others:
        notice_choices.stop(mail.member_id, other)
    assert letters.letter_for(mail).message["List-Id"] == f"<{stop.replace('_', '-')}.forum.test>"
    notice_choices.stop(mail.member_id, stop)
    with pytest.raises(NothingToSend, match=r"stopped|nothing left"):
        letters.letter_for(mail)


@pytest.fixture
def smtp(app, session, monkeypatch):
    with smtp_server() as server:
        monkeypatch.setitem(app.config, "SMTP_URL", server.url)
        yield server


@pytest.mark.parametrize(
    ("point", "answer", "weighs"),
    [
        ("RCPT", "550 5.1.1 No such mailbox here", 1.0),
        ("end", "556 5.1.10 No mail for that domain", 1.0),
        ("RCPT", "552 5.2.2 Full", 0.1),
        ("RCPT", "450 4.2.0 Later", 0.0),
        ("RCPT", "550 5.7.1 We want no mail from you", 0.0),
        ("end", "554 5.7.1 Spam", 0.0),
        ("MAIL", "550 5.1.1 No such sender", 0.0),
        ("RCPT", "421 4.3.2 Closing", 0.0),
    ],
)
def test_what_is_said_of_an_address_while_a_letter_is_brought_counts_for_it(smtp, point, answer, weighs):
    ann, bea = make_member("Ann"), make_member("Bea")
    smtp.misbehave(point, to="" if point == "MAIL" else ann.email, answer=answer, times=1)
    queued(ann, "a")
    later = queued(ann, "b", not_before=clock.now() + timedelta(hours=1))
    queued(bea, "c")
    worker.run_until_idle()
    assert bounces.score(ann.email) == pytest.approx(weighs, abs=0.001)
    assert (bounces.score(bea.email), bounces.is_stopped(bea.email)) == (0, False)
    stopped = weighs == 1.0
    assert (actor(ann).mail_stopped_at is not None) == bounces.is_stopped(ann.email) == stopped
    assert (later.state, later.reason) == (
        (MailState.CANCELLED, bounces.REASON) if stopped else (MailState.QUEUED, "")
    )


def test_an_address_that_was_not_ready_for_four_days_counts_once(smtp):
    ann = make_member("Ann")
    smtp.refuse(ann.email, "450 4.2.1 Later")
    mail = queued(ann, "a")
    mail.attempts, mail.failing_since = 9, clock.now() - timedelta(days=4)
    worker.run_until_idle()
    assert mail.state == MailState.FAILED
    assert [each.kind for each in db.session.scalars(db.select(Bounce))] == [BounceKind.TEMPORARY]
    assert not bounces.is_stopped(ann.email)


def test_an_invitation_to_nobody_is_never_tried_again(smtp):
    space = make_space("Aalst", city="aalst")
    keeper = make_member("Marleen", space=space, role=Role.MODERATOR)
    rows = [
        Invitation(
            space_id=space.id, email="an@people.test", role=Role.MEMBER, locale="en",
            invited_by_id=keeper.id, responsible_id=keeper.id,
            invited_at=clock.now(), expires_at=clock.now() + timedelta(days=28),
        )
        for _time in range(2)
    ]  # fmt: skip
    smtp.refuse("an@people.test")

    def invite(row):
        db.session.add(row)
        db.session.flush()
        queue_mail("invitation", key=f"i{row.id}", lane=Lane.DIRECT, invitation_id=row.id)
        worker.run_until_idle()
        return db.session.scalars(db.select(OutgoingMail).where(OutgoingMail.invitation_id == row.id)).one()

    first = invite(rows[0])
    assert (first.state, smtp.met["RCPT"]) == (MailState.FAILED, 1)
    assert mail_status.retry([first.id]) == 1
    rows[0].withdrawn_at = clock.now()
    second = invite(rows[1])
    assert [(each.state, each.reason) for each in (first, second)] == [
        (MailState.CANCELLED, bounces.REASON)
    ] * 2
    assert smtp.met["RCPT"] == 1
