"""`flask worker` and `flask digests send`, as somebody types them."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from forum.domain.digests import subscriptions
from forum.domain.mailing import heartbeats, mail_claims, mail_queue
from forum.infra import clock
from forum.infra.db import db
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.maintenance import RestoredCopy
from forum.models.subscriptions import Digest, DigestState, Frequency
from tests.factories import actor, make_member, make_space, make_thread

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)


@pytest.fixture
def readers():
    """Two members of Aalst with a weekly digest, and something to read."""
    space = make_space("Aalst")
    people = [make_member(name, space=space) for name in ("Dirk", "Nadia")]
    for person in people:
        with clock.at(MONDAY - timedelta(days=60)):
            subscriptions.choose(actor(person), frequency=Frequency.WEEKLY)
    make_thread(space, make_member("Ann", space=space), title="Who cleans?", at=MONDAY - timedelta(days=1))
    db.session.commit()
    return people


def run(app, *words):
    return app.test_cli_runner().invoke(args=list(words))


def states():
    """Of that week; the worker may have opened others by its own clock."""
    return db.session.scalars(db.select(Digest.state).where(Digest.period == "week:2026-11-30")).all()


def test_sending_for_a_moment_queues_what_ended_by_then_and_the_worker_sends_it(app, readers, sent):
    answer = run(app, "digests", "send", "--at", "2026-11-30T07:00+01:00")
    assert (answer.exit_code, answer.output) == (0, "Digests queued: 2.\n")
    assert run(app, "digests", "send", "--at", "2026-11-30T07:00+01:00").output == "Digests queued: 0.\n"
    assert run(app, "worker", "--until-idle").exit_code == 0
    assert {message["To"] for message in sent} == {person.email for person in readers}
    assert states() == [DigestState.SENT] * 2


def test_a_dry_run_prints_the_letters_and_keeps_nothing(app, readers, sent):
    answer = run(app, "digests", "send", "--dry-run", "--at", "2026-11-30T06:00")
    assert answer.exit_code == 0
    # Each in the subject, and as an item with its reason.
    assert answer.output.count("Who cleans?") == 4
    assert answer.output.count("(In Aalst, where you belong)") == 2
    assert "week:2026-11-30" in answer.output
    assert states() == []
    assert sent == []


def test_for_one_member_only(app, readers):
    answer = run(app, "digests", "send", "--at", "2026-11-30T06:00", "--member", readers[0].email.upper())
    assert answer.output == "Digests queued: 1.\n"
    assert [d.member_id for d in db.session.scalars(db.select(Digest))] == [readers[0].id]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--at", "next week"), "2026-11-30T07:00+01:00"),
        (("--member", "nobody@people.test"), "Nobody has the address"),
    ],
)
def test_what_cannot_be_done_is_said(app, words, said):
    answer = run(app, "digests", "send", *words)
    assert answer.exit_code != 0
    assert said in answer.output
    assert states() == []


def test_what_waits_all_the_same_is_said_and_only_the_lanes_that_were_asked_for_are_sent(
    app, sent, monkeypatch
):
    member_id = make_member("Dirk").id
    for lane in (Lane.DIRECT, Lane.BULK):
        mail_queue.queue_mail("password_changed", key=lane, lane=lane, member_id=member_id)
    db.session.commit()
    answer = run(app, "worker", "--until-idle", "--lanes", "direct")
    assert (answer.exit_code, answer.output) == (0, "Nothing is due any more.\n")
    assert [mail.state for mail in db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.id))] == [
        MailState.SENT, MailState.QUEUED
    ]  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:9?timeout=1")
        answer = run(app, "worker", "--until-idle")
        assert answer.exit_code == 1
        assert "Still due: bulk" in answer.output
    copy = RestoredCopy(id=1, backup_made_at=clock.now(), restored_at=clock.now() - timedelta(days=1))
    db.session.add(copy)
    db.session.commit()
    answer = run(app, "worker", "--until-idle")
    assert (answer.exit_code, answer.output) == (0, "Mail is held: `flask mail release`.\n")
    assert len(sent) == 1


def test_who_seems_dead_is_watched_before_its_mail_is_sent(app, sent, monkeypatch):
    member_id = make_member("Dirk").id
    for owner in ("back", "dead"):
        mail_queue.queue_mail("password_changed", key=owner, lane=Lane.DIRECT, member_id=member_id)
        mail_claims.claim(Lane.DIRECT, owner=owner, most=1)
        with clock.at(clock.now() - timedelta(minutes=2)):
            heartbeats.note_alive(owner, started_at=clock.now(), lanes=Lane)
    db.session.commit()
    seconds = [1000.0]

    def sleep(_seconds):
        seconds[0] += 8
        heartbeats.note_alive("back", started_at=clock.now(), lanes=Lane)
        db.session.commit()

    monkeypatch.setattr("forum.jobs.worker.time.sleep", sleep)
    monkeypatch.setattr(time, "monotonic", lambda: seconds[0])
    app.extensions.pop("heartbeat", None)
    assert run(app, "worker", "--until-idle").exit_code == 0
    states = {mail.key: mail.state for mail in db.session.scalars(db.select(OutgoingMail))}
    assert states == {"back": MailState.SENDING, "dead": MailState.SENT}
    assert len(sent) == 1


def test_a_worker_whose_clock_is_wrong_is_not_waited_for(app, sent, monkeypatch):
    """It shows that it lives, but never at a time that can be believed."""
    mail_queue.queue_mail("password_changed", key="k", lane=Lane.DIRECT, member_id=make_member("Dirk").id)
    mail_claims.claim(Lane.DIRECT, owner="slow clock", most=1)
    db.session.commit()
    seconds = [1000.0]

    def beat(waited=0):
        seconds[0] += waited
        with clock.at(clock.now() - timedelta(minutes=3) + timedelta(seconds=seconds[0] - 1000)):
            heartbeats.note_alive("slow clock", started_at=clock.now(), lanes=Lane)
        db.session.commit()

    beat()
    monkeypatch.setattr("forum.jobs.worker.time.sleep", lambda waited: beat(5))
    monkeypatch.setattr(time, "monotonic", lambda: seconds[0])
    app.extensions.pop("heartbeat", None)
    assert run(app, "worker", "--until-idle").exit_code == 0
    assert seconds[0] < 1100
    assert db.session.scalars(db.select(OutgoingMail.state)).all() == [MailState.SENDING]
    assert sent == []


def test_a_lane_that_is_none_is_refused_with_the_names_of_those_there_are(app):
    for lanes in ("fast", "direct,fast", ","):
        answer = run(app, "worker", "--lanes", lanes)
        assert answer.exit_code == 2
        assert "direct,notice,bulk,slow" in answer.output
