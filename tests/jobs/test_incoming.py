"""Reports about our mail, brought by LMTP to the real command: they count exactly as they should, all others never."""

import signal
import smtplib
import subprocess
from datetime import timedelta

import pytest

from forum import create_app
from forum.domain.digests import subscriptions
from forum.domain.mailing import bounces, complaints, mail_queue, notice_choices, return_paths
from forum.infra.db import db
from forum.models.bounces import Bounce
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.subscriptions import Frequency
from tests.conftest import copied_database, settings_for
from tests.factories import actor, make_member
from tests.jobs.reports import Sample, samples
from tests.jobs.workers import COMMAND, ROOT, environment
from tests.sweeps import on_one_database

pytestmark = pytest.mark.live
BOUNCE_ADDRESS = "returned@forum.test"
WEIGHT = {"permanent": 1.0, "temporary": 0.1, None: 0.0}


@pytest.fixture(scope="module")
def app(tmp_path_factory, migrated):
    """An application on a database of its own, for all tests of this module."""
    folder = tmp_path_factory.mktemp("reports")
    made = create_app(settings_for(copied_database(migrated, folder), folder))
    made.config["BOUNCE_ADDRESS"] = BOUNCE_ADDRESS
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def port(app, tmp_path_factory):
    """Where `flask mail listen` listens on that database; its key was replaced since the mails went out."""
    settings = {
        "SECRET_KEY": "n" * 40,
        "SECRET_KEY_FALLBACKS": app.config["SECRET_KEY"],
        "BOUNCE_ADDRESS": BOUNCE_ADDRESS,
    }
    process = subprocess.Popen(
        [*COMMAND[:-1], "mail", "listen", "--port", "0"],
        cwd=ROOT,
        env=environment(app, "memory:", tmp_path_factory.mktemp("door"), **settings),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    yield int(said.rpartition(":")[2].split()[0])
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield
        db.session.remove()


def sent_to(member, number=1, *, lane=Lane.BULK, sent=True, ago=timedelta(0)):
    """A mail that went to a member, and the address to which it comes back."""
    mail_queue.queue_mail("digest", key=f"digest.{member.id}.{number}", lane=lane, member_id=member.id)
    mail = db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    if sent:
        mail.state, mail.sent_at = MailState.SENT, mail.created_at - ago
    return return_paths.of_mail(mail.id, member.email)


def bring(port: int, letters: list[tuple[str, bytes]], sender: str = "") -> None:
    """Deliver by LMTP, over one connection."""
    db.session.rollback()  # of what was read: on SQLite it would keep the door from writing
    with smtplib.LMTP("127.0.0.1", port) as server:
        for recipient, content in letters:
            assert server.sendmail(sender, [recipient], content) == {}


@on_one_database
def test_each_sample_moves_the_score_of_its_member_as_the_table_of_flufl_says(port):
    every = samples()
    assert len(every) == 117
    members = [make_member("Lid", email=f"lid-{number}@people.test") for number, _each in enumerate(every)]
    ways_back = [sent_to(member) for member in members]
    emails = [member.email for member in members]
    db.session.commit()
    brought = [(way, each.about(email)) for way, each, email in zip(ways_back, every, emails, strict=True)]
    for _time in range(2):  # the same report counts once
        bring(port, brought)
        moved = {each.name: round(bounces.score(email), 3) for each, email in zip(every, emails, strict=True)}
        assert moved == {each.name: WEIGHT[each.kind] for each in every}
    stopped = [each.name for each, email in zip(every, emails, strict=True) if bounces.is_stopped(email)]
    assert stopped == [each.name for each in every if each.kind == "permanent"]


def report(kind: str = "permanent") -> Sample:
    return next(each for each in samples() if each.kind == kind and each.name.startswith("dsn"))


def answers(address: str) -> dict[str, bytes]:
    """What comes to such an address and is no report, each with an empty sender as the worst case has it."""
    bounced = report().about(address).replace(b"\n", b"\r\n")
    quoted = b"".join(b"> " + line + b"\r\n" for line in bounced.split(b"\r\n"))
    head = b"From: Ann <ann@people.test>\r\nTo: returned@forum.test\r\nSubject: Re: Digest\r\n"
    return {
        "an answer": head + b"In-Reply-To: <x@forum.test>\r\n\r\nThank you!\r\n",
        "an answer that quotes a report": head + b"In-Reply-To: <x@forum.test>\r\n\r\nLook:\r\n" + quoted,
        "a note of absence": head
        + b"Auto-Submitted: auto-replied\r\nPrecedence: bulk\r\n\r\nBack on Monday.\r\n",
        "a note of absence with our letter": head
        + b"Auto-Submitted: auto-replied\r\nX-Autoreply: yes\r\n\r\n"
        + bounced.partition(b"\r\n\r\n")[2],
        "mail of a list": head + b"List-Id: <staff.people.test>\r\nPrecedence: list\r\n\r\nHello all\r\n",
        "nothing": b"",
        "bytes": bytes(range(256)) * 40,
        "parts without end": b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(500)
        ),
        "long lines": b"Subject: x\r\n\r\n" + b"<a@b> " * 9000,
    }


def test_what_is_no_report_of_ours_never_moves_a_score_nor_stops_the_door(port):
    member, other = make_member("Lid"), make_member("Ander")
    way_back, of_other = sent_to(member), sent_to(other)
    email, about_other = member.email, other.email
    db.session.commit()
    bring(port, [(way_back, content) for content in answers(email).values()])
    # A person who forwards a report, with a sender as people have one.
    forwarded = (
        b"From: ann@people.test\r\nContent-Type: multipart/mixed; boundary=xx\r\n\r\n--xx\r\nContent-Type: "
        b"message/rfc822\r\n\r\n" + report().about(email) + b"\r\n--xx--\r\n"
    )
    bring(port, [(way_back, forwarded)], sender="ann@people.test")
    # Forged: the mail of one with the sign of another, a sign that was guessed, a mail that never was.
    sign = way_back.partition("-")[2]
    number = of_other.partition("-")[0]
    forged = [
        f"{number}-{sign}",
        f"{number}-{'0' * 20}@forum.test",
        f"returned+99999999-{sign}",
        BOUNCE_ADDRESS,
    ]
    bring(port, [(way, report().about(about_other)) for way in forged])
    with smtplib.LMTP("127.0.0.1", port) as server, pytest.raises(smtplib.SMTPRecipientsRefused):
        server.sendmail("", ["ann@forum.test"], b"Subject: x\r\n\r\nx\r\n")
    with smtplib.LMTP("127.0.0.1", port) as server, pytest.raises(smtplib.SMTPException):
        server.sendmail("", [way_back], b"x" * 70 + b"\r\n" + b"y" * 70 * 40_000)
    found = db.select(Bounce).where(Bounce.email.in_([email, about_other]))
    assert db.session.scalars(found).all() == []
    bring(port, [(way_back.upper(), report().about(email))])  # and mail servers may change the case
    assert bounces.is_stopped(email)
    assert not bounces.is_stopped(about_other)


def arf(way_back: str, kind: str = "abuse") -> bytes:
    return (
        f"From: <fbl@provider.example>\r\nTo: {BOUNCE_ADDRESS}\r\nSubject: Complaint\r\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=xx\r\n\r\n"
        "--xx\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report.\r\n"
        "--xx\r\nContent-Type: message/feedback-report\r\n\r\n"
        f"Feedback-Type: {kind}\r\nUser-Agent: Loop/1\r\nVersion: 1\r\n\r\n"
        f"--xx\r\nContent-Type: message/rfc822\r\n\r\nReturn-Path: <{way_back}>\r\n"
        "Subject: Digest\r\n\r\nHello\r\n--xx--\r\n"
    ).encode()


def test_a_complaint_unsubscribes_at_once_also_after_the_key_was_replaced(port):
    members = [make_member("Ann"), make_member("Bea")]
    for member in members:
        subscriptions.choose(actor(member), frequency=Frequency.WEEKLY)
    ways_back = [sent_to(member) for member in members]
    ids = [member.id for member in members]
    db.session.commit()
    bring(port, [(BOUNCE_ADDRESS, arf(ways_back[0])), (BOUNCE_ADDRESS, arf(ways_back[1], "not-spam"))])
    chosen = [subscriptions.choice_of(number).frequency for number in ids]
    assert chosen == [Frequency.NEVER, Frequency.WEEKLY]
    assert [notice_choices.is_stopped(number, "mentions") for number in ids] == [True, False]
    assert not bounces.is_stopped(
        members[0].email
    )  # what is asked for and what concerns the account still goes


def test_whoever_got_hold_of_one_letter_does_little_with_its_way_back(port):
    """Mails are forwarded with their headers: each counts once of a kind, some weeks, and only when it was sent."""
    ann, bea, cas = (make_member(name) for name in ("Ann", "Bea", "Cas"))
    for member in (ann, bea, cas):
        subscriptions.choose(actor(member), frequency=Frequency.WEEKLY)
    way_back, other = sent_to(ann), sent_to(ann, 2)
    unsent, old = sent_to(bea, sent=False), sent_to(bea, 2, ago=timedelta(days=31))
    asked_for, of_cas, again = sent_to(cas, lane=Lane.DIRECT), sent_to(cas, 2), sent_to(cas, 3)
    ids, emails = [each.id for each in (ann, bea, cas)], [each.email for each in (ann, bea, cas)]
    stop = b"Subject: unsubscribe digest\r\n\r\n"
    db.session.commit()
    soft = report("temporary").about(emails[0])
    bring(port, [(way_back, soft + b"\n" * number) for number in range(12)])
    assert bounces.score(emails[0]) == pytest.approx(0.1)
    bring(port, [(other, soft)])
    assert bounces.score(emails[0]) == pytest.approx(0.2)
    bring(port, [(way, report().about(emails[1])) for way in (unsent, old)] + [(unsent, stop)])
    assert (bounces.is_stopped(emails[1]), subscriptions.choice_of(ids[1]).frequency) == (
        False,
        Frequency.WEEKLY,
    )
    bring(port, [(BOUNCE_ADDRESS, arf(asked_for))])
    assert subscriptions.choice_of(ids[2]).frequency == Frequency.NEVER
    bring(port, [(BOUNCE_ADDRESS, arf(way)) for way in (of_cas, again)])
    assert ids[2] not in complaints.members(), (
        "what nobody can stop is not counted, nor who stopped all of it"
    )
    bring(port, [(BOUNCE_ADDRESS, arf(other, "abuse")), (BOUNCE_ADDRESS, arf(way_back))])
    assert complaints.members().count(ids[0]) == 1
