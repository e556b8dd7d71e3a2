"""What comes back weighs on its address, less with time; at the stop nothing goes there until its owner says so."""

from datetime import timedelta

import pytest

from forum.domain import health
from forum.domain.mailing import bounces, complaints, mail_queue, return_paths
from forum.domain.mailing.complaints import Complaints
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import letters
from forum.jobs.letter_kinds import NothingToSend
from forum.jobs.sending import Sender
from forum.models.bounces import Bounce, BounceKind
from forum.models.mail import Lane, MailState, OutgoingMail
from tests.factories import make_member


def came_back(email, kind, number=1, *, sent_at=None, member_id=None):
    return bounces.record(
        email, kind, report=f"{email} {number}", member_id=member_id, sent_at=sent_at or clock.now()
    )


def test_what_is_temporary_weighs_little_and_half_as_much_two_weeks_later(session):
    now = clock.now()
    with clock.at(now):
        for number in range(9):
            assert came_back("ann@people.test", BounceKind.TEMPORARY, number)
        assert not came_back("ann@people.test", BounceKind.TEMPORARY, 3)
        assert bounces.score("ann@people.test") == pytest.approx(0.9)
        assert not bounces.is_stopped("ann@people.test")
    with clock.at(now + bounces.HALF_LIFE):
        assert bounces.score("ann@people.test") == pytest.approx(0.45)
        for number in range(10, 15):
            came_back("ann@people.test", BounceKind.TEMPORARY, number)
        assert not bounces.is_stopped("ann@people.test")
        came_back("ann@people.test", BounceKind.TEMPORARY, 15)
        assert bounces.is_stopped("ann@people.test")
    assert complaints.of_last_week().stopped_addresses == 1


def test_a_stop_holds_until_it_is_lifted_and_reports_of_before_count_no_more(session):
    now = clock.now()
    came_back("ann@people.test", BounceKind.PERMANENT)
    with clock.at(now + timedelta(days=400)):
        assert bounces.is_stopped("ann@people.test")
        bounces.forget_old()
        assert bounces.is_stopped("ann@people.test")
        assert session.scalars(db.select(Bounce)).all() == []
        bounces.lift("ann@people.test")
        assert not bounces.is_stopped("ann@people.test")
        assert bounces.score("ann@people.test") == 0
    with clock.at(now + timedelta(days=401)):
        assert not came_back("ann@people.test", BounceKind.PERMANENT, 2, sent_at=now)
        assert came_back("ann@people.test", BounceKind.PERMANENT, 3)
        assert bounces.is_stopped("ann@people.test")


def test_who_complains_and_has_no_account_gets_no_more(session):
    came_back("gast@people.test", BounceKind.COMPLAINT)
    assert bounces.is_stopped("gast@people.test")
    member = make_member("Ann")
    bounces.record(member.email, BounceKind.COMPLAINT, report="x", member_id=member.id, sent_at=clock.now())
    assert not bounces.is_stopped(member.email)
    assert bounces.score(member.email) == 0


def test_many_complaints_warn_and_then_keep_digests_back(session, monkeypatch):
    monkeypatch.setattr(complaints, "WARNS_AT", 0.1)
    monkeypatch.setattr(complaints, "STOPS_AT", 0.3)
    members = [make_member("Lid") for _number in range(20)]
    for number, member in enumerate(members):
        queued("digest", member, number).sent_at = clock.now()
        queued("reset_password", member, number).sent_at = clock.now()  # which nobody calls unwanted
    sender = Sender(Lane.BULK, "worker")
    said = []
    for number, member in enumerate(members[:6]):
        for time in range(2):  # the same person counts once
            came_back(member.email, BounceKind.COMPLAINT, f"{number} {time}", member_id=member.id)
            came_back(f"new-{number}@people.test", BounceKind.COMPLAINT, f"{time}", member_id=member.id)
            came_back(f"stranger-{number}-{time}@people.test", BounceKind.COMPLAINT)
        counted = complaints.of_last_week()
        said.append((counted.are_many, counted.stop_digests, sender._is_unwanted()))
    assert said == [(False, False, False)] * 4 + [(True, False, False), (True, True, True)]
    assert not Sender(Lane.NOTICE, "worker")._is_unwanted()
    check = next(each for each in health.worker_checks() if each.name == "complaints")
    assert "6 people called one of 20 e-mails" in check.found
    assert not check.good
    members[0].suspended_at = clock.now()
    session.flush()
    assert not complaints.of_last_week().stop_digests, "who made them up can be kept out"
    members[0].suspended_at = None
    session.flush()
    assert sender._is_unwanted()
    with clock.at(clock.now() + timedelta(days=8)):
        assert not sender._is_unwanted()


def test_one_complaint_in_a_thousand_warns_and_three_keep_digests_back():
    counted = [Complaints(people, sent, 0) for people, sent in ((5, 5001), (5, 5000), (15, 5001), (15, 5000))]
    assert [each.are_many for each in counted] == [False, True, True, True]
    assert [each.stop_digests for each in counted] == [False, False, False, True]
    assert not Complaints(4, 10, 0).are_many


def queued(kind, member, number=1):
    lane = Lane.BULK if kind == "digest" else Lane.DIRECT
    mail_queue.queue_mail(kind, key=f"{kind}.{number}", lane=lane, member_id=member.id)
    return db.session.scalars(db.select(OutgoingMail).where(OutgoingMail.key == f"{kind}.{number}")).one()


def test_a_stopped_address_gets_only_what_is_asked_for_in_front_of_a_page(session):
    member, other = make_member("Ann"), make_member("Bea")
    security, own = queued("password_changed", member), queued("reset_password", member)
    of_other = queued("password_changed", other, 2)
    came_back(member.email, BounceKind.PERMANENT)
    with pytest.raises(NothingToSend, match="address"):
        letters.letter_for(security)
    assert letters.letter_for(own).message["To"] == member.email
    assert letters.letter_for(of_other).message["To"] == other.email
    assert bounces.cancel_waiting(member.email) == [security]
    assert (security.state, security.reason) == (MailState.CANCELLED, "address")
    assert [own.state, of_other.state] == [MailState.QUEUED] * 2


def test_the_way_back_names_the_mail_and_nobody_else_can_make_it(app, session, monkeypatch):
    member = make_member("Ann")
    mail = queued("reset_password", member)
    message = letters.letter_for(mail).message
    assert message.envelope_sender == ""  # as ever: comes back to MAIL_FROM
    monkeypatch.setitem(app.config, "BOUNCE_ADDRESS", "returned@forum.test")
    way_back = letters.letter_for(mail).message.envelope_sender
    assert way_back.startswith(f"returned+{mail.id}-")
    assert return_paths.mail_behind(way_back.upper()) == (mail, member.email)
    assert return_paths.mail_behind(way_back.replace("+", "+1")) is None
    assert return_paths.mail_behind(way_back.replace("forum", "other")) is None
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [app.config["SECRET_KEY"]])
    monkeypatch.setitem(app.config, "SECRET_KEY", "n" * 40)
    assert return_paths.mail_behind(way_back) == (mail, member.email)
    member.email = "new@people.test"
    session.flush()
    assert return_paths.mail_behind(way_back) is None  # nobody has that address any more
