"""`flask mail`: what an operator sees of outgoing mail and may do about it; nobody's address is printed."""

import json
import re
from datetime import timedelta

import pytest

from forum.domain.mailing import bounces, complaints, hold
from forum.domain.mailing.mail_queue import queue_mail
from forum.infra import clock
from forum.infra.db import db
from forum.infra.mailer import sent
from forum.models.bounces import Bounce, BounceKind
from forum.models.events import Heartbeat
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.maintenance import RestoredCopy
from tests.factories import make_member
from tests.names import SILENT, name_server
from tests.servers import smtp_server


def run(app, *words):
    return app.test_cli_runner().invoke(args=["mail", *words])


@pytest.fixture
def letters(session):
    """A letter that waits, one that failed, one that is uncertain; their ids."""
    member = make_member("Leen")
    for key, lane in (("a", Lane.DIRECT), ("b", Lane.NOTICE), ("c", Lane.BULK)):
        queue_mail("reset_password", key=key, member_id=member.id, lane=lane)
    waits, failed, unsure = db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.id)).all()
    failed.state, failed.reason = MailState.FAILED, f"550 no box {member.email}"
    unsure.state, unsure.reason = MailState.UNCERTAIN, "no answer to the text"
    db.session.commit()
    return {name: mail.id for name, mail in (("waits", waits), ("failed", failed), ("unsure", unsure))}


def restore(*, released=False):
    now = clock.now()
    copy = RestoredCopy(id=1, backup_made_at=now - timedelta(days=1), restored_at=now)
    copy.released_at = now if released else None
    db.session.add(copy)
    db.session.commit()
    return copy


def state(mail_id):
    return db.session.scalar(db.select(OutgoingMail.state).where(OutgoingMail.id == mail_id))


def test_the_status_and_ready_say_why_a_lane_waits(app, letters):
    assert " waits " not in run(app, "status").output
    letter = db.session.get_one(OutgoingMail, letters["waits"])
    letter.reason = "550 5.1.8 forum@x.example refused"
    db.session.commit()
    assert re.search(
        r"^direct waits \(1 tried, next at .*\): 550 5.1.8 \(address\) refused$",
        run(app, "status").output,
        re.M,
    )
    told = json.loads(run(app, "status", "--json").output)["waits"]["direct"]
    assert (told["tried"], told["reason"]) == (1, "550 5.1.8 (address) refused")
    ready = app.test_cli_runner().invoke(args=["worker", "--ready"]).output
    assert "look  mail direct" in ready
    assert "1 tried and not taken: 550 5.1.8 (address) refused" in ready
    assert "start `flask worker`" in ready


def test_the_status_says_what_waits_what_needs_a_person_and_who_works(app, letters):
    said = run(app, "status").output
    assert re.search(r"^direct +1 +0 +0 +0 +0 +0  20", said, re.MULTILINE)
    assert re.search(r"^bulk +0 +0 +0 +0 +1 +0  -$", said, re.MULTILINE)
    assert re.search(
        rf"{letters['failed']} +failed +notice +reset_password .* 550 no box \(address\)$", said, re.MULTILINE
    )
    assert "none lives" in said
    assert "HELD" not in said
    db.session.add(Heartbeat(name="host-1-abc", at=clock.now(), lanes="slow,bulk"))
    restore()
    said = run(app, "status").output
    assert "host-1-abc (bulk, slow)" in said
    assert "ALL MAIL IS HELD since 20" in said
    assert "@" not in said


def test_the_status_for_programs(app, letters):
    copy = restore()
    told = json.loads(run(app, "status", "--json").output)
    assert told["lanes"]["direct"]["waiting"] == 1
    assert told["lanes"]["slow"]["oldest_at"] is None
    assert [each["id"] for each in told["for_a_person"]] == [letters["unsure"], letters["failed"]]
    assert told["held"]["since"] == copy.restored_at.strftime("%Y-%m-%dT%H:%MZ")
    copy.released_at = clock.now()
    db.session.commit()
    assert json.loads(run(app, "status", "--json").output)["held"] is None


def test_what_failed_is_tried_again_and_the_rest_says_why_not(app, letters):
    answer = run(app, "retry", *map(str, letters.values()), "987654", str(2**31 - 1))
    assert answer.exit_code == 1
    assert "Queued anew: 1." in answer.output
    assert f"{letters['waits']}: it is queued" in answer.output
    assert f"{letters['unsure']}: it is uncertain: perhaps it arrived. --uncertain" in answer.output
    assert "987654: there is no such letter." in answer.output
    assert f"{2**31 - 1}: there is no such letter." in answer.output
    assert f"{2**63} is not in the range" in run(app, "retry", str(2**63)).output
    assert (state(letters["failed"]), state(letters["unsure"])) == ("queued", "uncertain")
    answer = run(app, "retry", "--uncertain")
    assert (answer.exit_code, answer.output) == (0, "Queued anew: 1.\n")
    assert state(letters["unsure"]) == "queued"
    app.test_cli_runner().invoke(args=["worker", "--until-idle"])
    assert [state(mail_id) for mail_id in letters.values()] == ["sent"] * 3
    sent().clear()


def test_what_was_due_before_a_restore_is_not_tried_again(app, letters):
    restore(released=True)
    answer = run(app, "retry", str(letters["failed"]))
    assert answer.exit_code == 1
    assert "1 stayed as they were: they were due before this copy was restored." in answer.output
    assert state(letters["failed"]) == "failed"


def test_mail_that_is_held_is_released_once(app, letters):
    assert run(app, "release").output == "No mail is held.\n"
    restore()
    assert hold.is_held()
    assert "Cancelled, because they were due before the restore: 1." in run(app, "release").output
    assert not hold.is_held()
    assert run(app, "release").output == "No mail is held.\n"


def test_a_letter_is_sent_through_the_real_way_and_the_answer_is_said(app, session, monkeypatch):
    with smtp_server() as server:
        monkeypatch.setitem(app.config, "SMTP_URL", server.url)
        restore()
        answer = run(app, "test", "ann@stad.example")
        assert answer.exit_code == 0, answer.output
        assert "All other mail is held" in answer.output
        assert "The mail server took it." in answer.output
        (received,) = server.received
        assert received.recipients == ("ann@stad.example",)
        assert received.message["Subject"] == "Testmail van Leerkring"
        body = received.message.get_body(("plain",)).get_content()
        assert "Je kan hem lezen" in body
        server.refuse("bart@stad.example", "550 5.1.1 No such mailbox here")
        answer = run(app, "test", "bart@stad.example")
        assert answer.exit_code == 1
        assert "refuses it for good: 550 5.1.1 No such mailbox here" in answer.output
        server.refuse("bart@stad.example", "451 4.7.1 Later")
        assert "does not take it now: 451 4.7.1 Later" in run(app, "test", "bart@stad.example").output
    away = run(app, "test", "ann@stad.example").output
    assert "cannot be used at this moment: no connection to 127.0.0.1:" in away
    assert "no e-mail address" in run(app, "test", "nobody").output
    monkeypatch.setitem(app.config, "SMTP_URL", "pigeon://roof")
    assert "SMTP_URL cannot be used" in run(app, "test", "ann@stad.example").output
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://user:secret/word@stad.example")
    answer = run(app, "test", "ann@stad.example")
    assert "SMTP_URL cannot be used" in answer.output
    assert "secret" not in answer.output
    monkeypatch.setitem(app.config, "SMTP_URL", "memory:")
    assert "reaches nobody" in run(app, "test", "ann@stad.example").output
    sent().clear()


RECORDS = {
    ("stad.example", "TXT"): ['"v=spf1 mx" " -all"', '"other"'],
    ("stad.example", "MX"): ["10 mx.stad.example."],
    ("_dmarc.stad.example", "TXT"): ['"v=DMARC1; p=reject"'],
}


@pytest.mark.any_database
def test_the_records_of_the_sender_are_asked_of_a_name_server(app, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_FROM", "Forum <forum@Stad.example>")
    with name_server(RECORDS) as server:
        answer = run(app, "check", "--resolver", server.address)
        assert answer.exit_code == 0, answer.output
        assert "ok    SPF      one record, 1 of 10 look-ups, ends with -all" in answer.output
        assert "look  DKIM     not asked" in answer.output
        assert "TXT _dmarc.stad.example" in server.asked
        answer = run(app, "check", "--resolver", server.address, "--selector", "key")
        assert answer.exit_code == 1
        assert "FAIL  DKIM     key._domainkey.stad.example has no key" in answer.output
    monkeypatch.setattr("forum.infra.dns.PATIENCE", 0.1)
    monkeypatch.setattr("forum.infra.dns.WHOLE_PATIENCE", 0.2)
    with name_server({("stad.example", "TXT"): [SILENT], ("stad.example", "MX"): ["0 ."]}) as server:
        answer = run(app, "check", "--resolver", server.address)
        assert answer.exit_code == 1
        assert "FAIL  SPF      no name server gave an answer" in answer.output
        assert "says that it takes no mail" in answer.output
    assert run(app, "check", "--resolver", "not an address").exit_code == 2
    with name_server({("stad.example", "TXT"): ['"v=spf1 include:a..b -all"']}) as server:
        assert "a..b has no SPF record" in run(app, "check", "--resolver", server.address).output
    monkeypatch.setitem(app.config, "MAIL_FROM", "nobody")
    assert "MAIL_FROM is no e-mail address" in run(app, "check").output


def test_a_worker_that_lives_is_ready_and_none_is_not(app, session):
    answer = app.test_cli_runner().invoke(args=["worker", "--ready"])
    assert answer.exit_code == 1
    assert "FAIL  workers" in answer.output
    db.session.add(Heartbeat(name="a", at=clock.now(), lanes=",".join(Lane)))
    db.session.commit()
    answer = app.test_cli_runner().invoke(args=["worker", "--ready"])
    assert answer.exit_code == 0, answer.output
    assert "ok    workers         1 live" in answer.output


def test_digests_that_wait_for_complaints_are_let_go_by_a_person(app, session, caplog):
    readers = [make_member("Lid") for _number in range(5)]
    assert run(app, "complaints", "--lift").output.splitlines()[-1] == "Digests go out."
    for reader in readers:
        queue_mail("digest", key=f"d{reader.id}", member_id=reader.id, lane=Lane.BULK)
        bounces.record(
            reader.email, BounceKind.COMPLAINT, report=reader.email, member_id=reader.id, sent_at=clock.now()
        )
    session.execute(db.update(OutgoingMail).values(state=MailState.SENT, sent_at=clock.now()))
    with clock.at(clock.now() - timedelta(days=9)):  # does not count any more, and nobody lifts it
        bounces.record(
            "old@people.test", BounceKind.COMPLAINT, report="old", member_id=None, sent_at=clock.now()
        )
    session.commit()
    assert "NO DIGEST GOES OUT" in run(app, "status").output
    assert json.loads(run(app, "status", "--json").output)["digests_wait"]
    said = run(app, "complaints").output
    assert "5 people called one of 5 mails" in said
    assert "NO DIGEST GOES OUT" in said
    assert f"the members {', '.join(str(reader.id) for reader in readers)}." in said
    assert complaints.of_last_week().stop_digests
    assert "Digests go out again" in run(app, "complaints", "--lift").output
    assert "digests go again, though 5 people" in caplog.text
    assert session.scalars(db.select(Bounce.email)).all() == ["old@people.test"]
    assert not complaints.of_last_week().stop_digests


def test_an_address_that_was_stopped_before_a_backup_gets_nothing_from_the_restored_copy(app, session):
    member = make_member("Leen")
    bounces.record(member.email, BounceKind.PERMANENT, report="1", member_id=member.id, sent_at=clock.now())
    restore()
    with clock.at(clock.now() + timedelta(hours=1)):
        queue_mail("password_changed", key="new", member_id=member.id, lane=Lane.DIRECT)
        run(app, "release")
        app.test_cli_runner().invoke(args=["worker", "--until-idle"])
        mail = session.scalars(db.select(OutgoingMail)).one()
    assert (mail.state, mail.reason, sent()) == (MailState.CANCELLED, bounces.REASON, [])
