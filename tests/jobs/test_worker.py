"""Events become reactions, mail leaves once, and what breaks stands aside while the rest goes on."""

from datetime import timedelta

import pytest

from forum.domain.digests import subscriptions
from forum.domain.mailing import events, mail_queue
from forum.infra import clock, mailer
from forum.infra.db import db
from forum.infra.mailer import Permanent, Temporary
from forum.jobs import event_processing, letters, sending, worker
from forum.models.events import Event, Heartbeat
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.spaces import JoinRequest, Role
from forum.models.subscriptions import Digest, DigestItem, DigestState, Frequency
from tests.factories import actor, make_member, make_space, make_thread


def mails(**wanted):
    rows = db.session.scalars(db.select(OutgoingMail).filter_by(**wanted).order_by(OutgoingMail.id)).all()
    return list(rows)


def test_an_event_becomes_one_mail_however_often_it_is_handled(sent):
    member = make_member()
    event = events.record("password.changed", member_id=member.id)
    worker.run_until_idle()
    event.handled_at = None
    db.session.flush()
    worker.run_until_idle()
    assert [mail.state for mail in mails()] == [MailState.SENT]
    assert len(sent) == 1
    assert sent[0]["To"] == member.email
    assert event.handled_at is not None


def test_a_knock_reaches_the_moderators_until_somebody_answered(sent):
    space = make_space()
    keeper, second = (make_member(name, space=space, role=Role.MODERATOR) for name in ("Marleen", "Tom"))
    knocker = make_member("Karim")
    request = JoinRequest(space_id=space.id, member_id=knocker.id, asked_at=clock.now(), message="May I?")
    db.session.add(request)
    db.session.flush()
    events.record("join.requested", request_id=request.id)
    while event_processing.process_next():
        pass
    second_mail = mails(member_id=second.id)[0]
    second_mail.next_try_at += timedelta(hours=1)
    db.session.flush()
    worker.run_until_idle()
    request.answered_at, request.accepted = clock.now(), True
    events.record("join.answered", request_id=request.id)
    second_mail.next_try_at = clock.now()
    db.session.flush()
    worker.run_until_idle()
    assert [message["To"] for message in sent] == [keeper.email, knocker.email]
    assert (second_mail.state, second_mail.reason) == (MailState.CANCELLED, "answered")


def test_a_poisoned_event_is_set_aside_and_the_rest_goes_on(sent, monkeypatch):
    def broken(event):
        raise RuntimeError("secret words of a post")

    monkeypatch.setattr(
        event_processing, "REACTIONS", {**event_processing.REACTIONS, "poison.taken": (broken,)}
    )
    poison = events.record("poison.taken")
    events.record("password.changed", member_id=make_member().id)
    for _round in range(8):
        worker.run_until_idle()
        poison.next_try_at = clock.now()
        db.session.flush()
    assert poison.failed_at is not None
    assert poison.attempts == 5
    assert "secret" not in poison.last_error
    assert len(sent) == 1


def test_a_reaction_that_breaks_takes_nothing_of_the_others_along(sent, monkeypatch):
    def broken(event):
        db.session.add(Event(name="half.done", payload={}, created_at=clock.now(), next_try_at=clock.now()))
        db.session.flush()
        raise RuntimeError

    kinds = {
        **event_processing.REACTIONS,
        "password.changed": (broken, *event_processing.REACTIONS["password.changed"]),
    }
    monkeypatch.setattr(event_processing, "REACTIONS", kinds)
    event = events.record("password.changed", member_id=make_member().id)
    worker.run_until_idle()
    assert (event.attempts, event.handled_at) == (1, None)
    assert event.next_try_at > clock.now()
    assert len(sent) == 1
    assert db.session.scalars(db.select(Event).where(Event.name == "half.done")).all() == []


def test_direct_mail_goes_before_bulk(sent):
    member = make_member()
    mail_queue.queue_mail("digest", key="d1", member_id=member.id, lane=Lane.BULK, payload={"digest_id": 0})
    mail_queue.queue_mail("password_changed", key="p1", member_id=member.id)
    claimed = [mail_queue.claim_next().key for _ in range(2)]
    assert claimed == ["p1", "d1"]
    assert mail_queue.claim_next() is None


class Refusing:
    """A way out that answers everything with one refusal."""

    def __init__(self, refusal):
        self.refusal, self.tries = refusal, 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def send(self, message):
        self.tries += 1
        raise self.refusal


def through(monkeypatch, refusal):
    way_out = Refusing(refusal)
    monkeypatch.setattr("forum.jobs.sending.open_mailer", lambda url: way_out)
    return way_out


def test_a_permanent_refusal_is_kept_and_not_repeated(monkeypatch):
    way_out = through(monkeypatch, Permanent("550 no such mailbox"))
    mail_queue.queue_mail("password_changed", key="p1", member_id=make_member().id)
    worker.run_until_idle()
    worker.run_until_idle()
    assert way_out.tries == 1
    assert (mails()[0].state, mails()[0].reason) == (MailState.FAILED, "550 no such mailbox")


def test_a_busy_server_is_asked_again_after_growing_delays_for_four_days(monkeypatch):
    through(monkeypatch, Temporary("451 later"))
    mail_queue.queue_mail("password_changed", key="p1", member_id=make_member().id)
    start, waits = clock.now(), []
    moment = start
    for _round in range(40):
        with clock.at(moment):
            worker.run_until_idle()
        mail = mails()[0]
        if mail.state == MailState.FAILED:
            break
        waits.append(round((mail.next_try_at - moment) / timedelta(minutes=1)))
        moment = mail.next_try_at
    assert waits[:4] == [1, 5, 15, 60]
    assert waits == sorted(waits)
    assert timedelta(days=3, hours=12) < moment - start <= timedelta(days=4)
    assert mail.state == MailState.FAILED


def test_a_server_that_is_away_is_tried_often_and_spoils_nothing(monkeypatch):
    way_out = through(monkeypatch, Temporary("no connection", connection_lost=True))
    for number in range(6):
        mail_queue.queue_mail("password_changed", key=f"p{number}", member_id=make_member().id)
    for step in range(12):
        with clock.at(clock.now() + timedelta(minutes=step)):
            worker.run_until_idle()
    assert way_out.tries <= 2 * 12
    assert {mail.state for mail in mails()} == {MailState.QUEUED}
    assert max(mail.next_try_at for mail in mails()) <= clock.now() + timedelta(minutes=11 + 5)


def test_a_server_that_is_away_is_not_asked_again_at_once(monkeypatch):
    way_out = through(monkeypatch, Temporary("no connection", connection_lost=True))
    for number in range(3):
        mail_queue.queue_mail("password_changed", key=f"p{number}", member_id=make_member().id)
    start = clock.now()
    with clock.at(start):
        assert sending.send_due() == 0, "nothing is settled, so that the worker rests"
        assert way_out.tries == 2, "two lost letters in a row, and the third waits"
        mail_queue.queue_mail("password_changed", key="p9", member_id=make_member().id)
        assert sending.send_due() == 0
    asked = sorted(mail.next_try_at - start for mail in mails() if mail.attempts)
    assert len(asked) == way_out.tries == 4
    assert asked[0] == timedelta(minutes=1), "no letter comes back before a minute has passed"


def test_a_letter_that_cannot_be_made_is_set_aside_after_five_tries(monkeypatch, sent):
    def broken(mail):
        raise KeyError("secret words")

    good = letters.letter_for
    mail_queue.queue_mail("password_changed", key="bad", member_id=make_member().id)
    mail_queue.queue_mail("password_changed", key="good", member_id=make_member().id)
    monkeypatch.setattr(letters, "letter_for", lambda mail: broken(mail) if mail.key == "bad" else good(mail))
    for _round in range(7):
        worker.run_until_idle()
        for mail in mails(state=MailState.QUEUED):
            mail.next_try_at = clock.now()
        db.session.flush()
    bad = mails(key="bad")[0]
    assert (bad.state, bad.attempts, bad.reason) == (MailState.FAILED, 5, "KeyError")
    assert len(sent) == 1


def test_what_a_dead_worker_left_goes_out_with_the_same_message_id(sent):
    mail_queue.queue_mail("password_changed", key="p1", member_id=make_member().id)
    claimed = mail_queue.claim_next()
    message_id = claimed.message_id
    db.session.commit()
    worker.recover()
    assert sent == []
    claimed.claimed_at = clock.now() - mail_queue.LEASE - timedelta(seconds=1)
    db.session.commit()
    worker.recover()
    assert [message["Message-ID"] for message in sent] == [message_id]


def test_a_claim_that_lapsed_is_not_settled_twice(sent):
    mail_queue.queue_mail("password_changed", key="p1", member_id=make_member().id)
    mail = mail_queue.claim_next()
    claimed_at = mail.claimed_at
    with clock.at(clock.now() + mail_queue.LEASE * 2):
        mail_queue.requeue_abandoned()
        db.session.expire_all()
        assert mail_queue.claim_next().id == mail.id
    assert not mail_queue.still_claimed(mail, claimed_at)


def test_a_digest_goes_out_with_its_items_and_its_end(sent):
    dirk, _thread = _due_digest()
    digest = db.session.scalars(db.select(Digest).where(Digest.member_id == dirk.id)).one()
    worker.run_until_idle()
    assert len(sent) == 1
    assert digest.state == DigestState.SENT
    assert digest.sent_at is not None
    assert len(db.session.scalars(db.select(DigestItem)).all()) == 1


@pytest.mark.parametrize("happened", ["stopped", "suspended", "empty"])
def test_a_queued_digest_is_asked_again_at_the_door(sent, happened):
    dirk, thread = _due_digest()
    if happened == "stopped":
        subscriptions.stop(dirk.id)
    elif happened == "suspended":
        dirk.suspended_at = clock.now()
    else:
        thread.hidden_at = clock.now()
    db.session.flush()
    worker.run_until_idle()
    digest = db.session.scalars(db.select(Digest).where(Digest.member_id == dirk.id)).one()
    assert sent == []
    assert (digest.state, digest.reason) == (DigestState.SKIPPED, happened)
    assert (mails()[0].state, mails()[0].reason) == (MailState.CANCELLED, happened)
    assert db.session.scalars(db.select(DigestItem)).all() == []


def test_a_digest_that_is_refused_comes_back_in_the_next_one(monkeypatch, sent):
    dirk, thread = _due_digest()
    with monkeypatch.context() as patch:
        through(patch, Permanent("550 full"))
        worker.run_until_idle()
    digest = db.session.scalars(db.select(Digest).where(Digest.member_id == dirk.id)).one()
    assert digest.state == DigestState.FAILED
    with clock.at(clock.now() + timedelta(days=1)):
        worker.open_digests()
    assert len(sent) == 1
    assert thread.title in sent[0].get_body(("plain",)).get_content()


def test_the_worker_shows_that_it_lives(app):
    app.extensions.pop("last_beat", None)
    worker.recover()
    beat = db.session.get(Heartbeat, "worker")
    assert clock.now() - beat.at < timedelta(seconds=30)


def test_memory_rings_nowhere_and_never_fails(app):
    app.extensions["wake"]()


def _due_digest():
    space = make_space("Aalst")
    dirk = make_member("Dirk", space=space)
    with clock.at(clock.now() - timedelta(days=30)):
        subscriptions.choose(actor(dirk), frequency=Frequency.DAILY)
    thread = make_thread(
        space, make_member("Ann", space=space), title="Who rings back?", at=clock.now() - timedelta(hours=36)
    )
    assert mailer.sent() == []
    with clock.at(clock.now()) as now:
        worker.digests.open_windows(now)
    return dirk, thread
