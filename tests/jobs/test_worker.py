"""Events become reactions, mail leaves once, and what breaks stands aside while the rest goes on."""

from datetime import timedelta

import pytest

from forum.domain.digests import subscriptions, windows
from forum.domain.mailing import events, heartbeats, hold, mail_claims, mail_queue
from forum.infra import clock, mailer
from forum.infra.db import db
from forum.infra.mailer import Away, Permanent, Temporary, Uncertain
from forum.jobs import calendar, event_processing, letters, worker
from forum.jobs.heartbeat import Heartbeat
from forum.jobs.sending import Sender
from forum.models.accounts import Member
from forum.models.events import Event
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.maintenance import RestoredCopy
from forum.models.spaces import JoinRequest, Role, Space
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
    event_processing.process_due()
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


class Refusing:
    """A way out that answers everything with one refusal."""

    def __init__(self, refusal):
        self.refusal, self.tries = refusal, 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def send(self, message, *, before_data):
        self.tries += 1
        if isinstance(self.refusal, Uncertain):
            before_data()
        raise self.refusal


def through(monkeypatch, refusal):
    way_out = Refusing(refusal)
    monkeypatch.setattr("forum.jobs.sending.open_mailer", lambda url: way_out)
    return way_out


def queue(key="p1", lane=Lane.DIRECT, **options):
    mail_queue.queue_mail("password_changed", key=key, lane=lane, member_id=make_member().id, **options)


def test_a_permanent_refusal_is_kept_and_not_repeated(monkeypatch):
    way_out = through(monkeypatch, Permanent("550 no such mailbox"))
    queue()
    worker.run_until_idle()
    worker.run_until_idle()
    assert way_out.tries == 1
    assert (mails()[0].state, mails()[0].reason) == (MailState.FAILED, "550 no such mailbox")


def test_a_busy_server_is_asked_again_after_growing_delays_for_four_days(monkeypatch):
    through(monkeypatch, Temporary("451 later"))
    queue()
    start, waits = clock.now(), []
    moment = start
    for _round in range(40):
        with clock.at(moment):
            worker.run_until_idle()
        mail = mails()[0]
        if mail.state == MailState.FAILED:
            break
        waits.append((mail.next_try_at - moment) / timedelta(minutes=1))
        moment = mail.next_try_at
    assert waits[0] == pytest.approx(1, rel=0.21)
    assert waits[:7] == sorted(waits[:7])
    assert max(waits) <= 12 * 60 * 1.2
    assert len({wait / round(wait) for wait in waits[:4]}) > 1, (
        "chance keeps letters apart that failed together"
    )
    assert timedelta(days=3) < moment - start <= timedelta(days=4)
    assert mail.state == MailState.FAILED


@pytest.mark.parametrize("lane", Lane)
def test_a_server_that_is_away_takes_nothing_from_the_letters_until_four_days_are_over(monkeypatch, lane):
    with monkeypatch.context() as patch:
        way_out = through(patch, Away("no connection"))
        for number in range(3):
            queue(f"p{number}", lane=lane)
        worker.run_until_idle()
        assert way_out.tries == 1, "the others need not be tried"
        waiting = {(mail.state, mail.attempts, mail.reason) for mail in mails()}
        assert waiting == {(MailState.QUEUED, 0, "no connection"), (MailState.QUEUED, 0, "")}
        for _other in range(2):
            worker.run_until_idle()
        assert {mail.reason for mail in mails()} == {"no connection"}, "each time another one is tried"
        with clock.at(clock.now() + timedelta(days=4, seconds=1)):
            worker.run_until_idle()
        assert [mail.state for mail in mails()].count(MailState.FAILED) == 1
    worker.run_until_idle()
    assert [mail.state for mail in mails()].count(MailState.SENT) == 2


def test_a_lane_rests_longer_each_time_that_the_server_is_away(monkeypatch):
    way_out = through(monkeypatch, Away("no connection"))
    queue()
    sender = Sender(Lane.DIRECT, "here")
    rests = []
    for _round in range(9):
        assert sender.send_due() == 0
        rests.append(sender.seconds_to_rest())
        assert sender.send_due() == 0, "it does not even try"
        sender._rests_until = 0.0
    assert way_out.tries == 9
    longest = [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert all(most / 2 - 1 < rest <= most for rest, most in zip(rests, longest, strict=True))


@pytest.mark.parametrize("is_refusal", [True, False])
def test_a_letter_at_which_the_server_is_away_stops_nobody_when_it_takes_the_others(monkeypatch, is_refusal):
    """A refusal of the sender may be one of this letter, too large by other words; five of those are enough."""
    taken = []

    def send(message, *, before_data):
        if message["To"] == bad:
            raise Away("550 that is too big", is_refusal=is_refusal)
        taken.append(message["To"])

    way_out = through(monkeypatch, Away(""))
    way_out.send = send
    for number in range(3):
        queue(f"p{number}")
    letter = mails()[0]
    bad = db.session.get_one(Member, letter.member_id).email
    sender = Sender(Lane.DIRECT, "here")
    assert sender.send_due() == 0
    assert sender.seconds_to_rest() > 0
    if is_refusal:
        sender._rests_until = 0.0
        assert sender.send_due() == 3, "the others first, and then this one again"
    else:
        new = Sender(Lane.DIRECT, "of a worker that knows nothing of it")
        assert new.send_due() == 2
        assert new.seconds_to_rest() > 0
        sender._held_up.note_taken(0)
        sender._rests_until = 0.0
        assert sender.send_due() == 1
    assert len(taken) == 2
    assert sender.seconds_to_rest() == 0
    assert (letter.state, letter.attempts) == (MailState.QUEUED, 1)
    moment = clock.now()
    for number in range(3):
        moment += timedelta(hours=2)
        with clock.at(moment):
            queue(f"q{number}")
            assert sender.send_due() == 2
            assert sender.seconds_to_rest() == 0
    assert len(taken) == 5
    assert letter.state == (MailState.FAILED if is_refusal else MailState.QUEUED)


def test_an_answer_that_is_lost_means_one_more_try_under_the_same_name_and_then_a_person(monkeypatch):
    way_out = through(monkeypatch, Uncertain("no answer to the text"))
    queue()
    worker.run_until_idle()
    (mail,) = mails()
    assert (mail.state, mail.attempts, mail.reason) == (MailState.QUEUED, 1, "no answer to the text")
    assert mail.handed_over_at is not None
    message_id = mail.message_id
    for _round in range(3):
        with clock.at(clock.now() + timedelta(hours=1)):
            worker.run_until_idle()
    assert (way_out.tries, mail.state, mail.message_id) == (2, MailState.UNCERTAIN, message_id)


def test_a_mail_leaves_no_sooner_than_it_may_and_can_be_cancelled_until_then(sent):
    later = clock.now() + timedelta(minutes=10)
    queue("kept", not_before=later)
    queue("dropped", not_before=later)
    queue("claimed")
    worker.run_until_idle()
    assert len(sent) == 1
    assert mail_queue.cancel(["dropped", "claimed"], "taken back") == {"dropped"}
    assert not mail_queue.cancel(["dropped", "claimed"], "too late")
    with clock.at(later):
        worker.run_until_idle()
    assert len(sent) == 2
    assert {mail.key: mail.state for mail in mails()} == {
        "kept": MailState.SENT, "dropped": MailState.CANCELLED, "claimed": MailState.SENT
    }  # fmt: skip


def test_a_letter_that_cannot_be_made_is_set_aside_after_five_tries(monkeypatch, sent):
    def broken(mail):
        raise KeyError("secret words")

    good = letters.letter_for
    queue("bad")
    queue("good")
    monkeypatch.setattr(letters, "letter_for", lambda mail: broken(mail) if mail.key == "bad" else good(mail))
    for _round in range(7):
        worker.run_until_idle()
        for mail in mails(state=MailState.QUEUED):
            mail.next_try_at = clock.now()
        db.session.flush()
    bad = mails(key="bad")[0]
    assert (bad.state, bad.attempts, bad.reason) == (MailState.FAILED, 5, "KeyError")
    assert len(sent) == 1


def silent(name, seconds):
    """A worker that showed that it lives so long ago."""
    now = clock.now()
    with clock.at(now - timedelta(seconds=seconds)):
        heartbeats.note_alive(name, started_at=now, lanes=Lane)


def test_what_a_dead_worker_claimed_goes_out_and_what_a_slow_one_has_stays_its_own(sent):
    queue("dead")
    (dead,) = mail_claims.claim(Lane.DIRECT, owner="dead", most=5)
    queue("slow")
    (slow,) = mail_claims.claim(Lane.DIRECT, owner="slow", most=5)
    silent("dead", 61)
    silent("slow", 59)
    db.session.commit()
    worker.do_what_is_due()
    assert (dead.state, dead.uncertain_at, slow.state) == (MailState.SENT, None, MailState.SENDING)
    assert [message["Message-ID"] for message in sent] == [dead.message_id]


def test_a_worker_that_seemed_dead_is_watched_before_its_mail_is_taken(monkeypatch, sent):
    """After the database was away nobody has shown that they live; then whoever does keeps the mail."""
    queue("dead")
    queue("back")
    claimed = mail_claims.claim(Lane.DIRECT, owner="dead", most=1)
    mail_claims.claim(Lane.DIRECT, owner="back", most=1)
    silent("dead", 500)
    silent("back", 500)
    pulse, seconds = Heartbeat(), [1000.0]
    monkeypatch.setattr("forum.jobs.heartbeat.time.monotonic", lambda: seconds[0])
    assert pulse.recover() == 0
    silent("back", 0)
    seconds[0] += 14
    assert pulse.recover() == 0
    seconds[0] += 2
    assert pulse.recover() == 1
    states = {mail.key: mail.state for mail in mails()}
    assert states == {"dead": MailState.QUEUED, "back": MailState.SENDING}
    assert claimed[0].key == "dead"


def test_what_a_dead_worker_handed_over_is_tried_once_more_and_then_shown(sent):
    queue()
    for round_, (state, arrived) in enumerate([(MailState.SENT, 1), (MailState.UNCERTAIN, 1)]):
        mail = mails()[0]
        mail.state, mail.claimed_by, mail.handed_over_at = MailState.SENDING, f"dead{round_}", clock.now()
        db.session.commit()
        worker.do_what_is_due()
        assert (mails()[0].state, len(sent)) == (state, arrived)


def test_a_worker_that_lost_its_mail_books_only_what_it_knows_was_taken():
    queue()
    (mail,) = mail_claims.claim(Lane.DIRECT, owner="slow", most=1)
    claimed_at = mail.claimed_at
    mine = (mail.id, "slow", claimed_at)
    assert mail_claims.hand_over(*mine)
    for state, may_say in (
        (MailState.QUEUED, True),
        (MailState.UNCERTAIN, True),
        (MailState.FAILED, False),
        (MailState.CANCELLED, False),
    ):
        mail_claims.take_back({"slow"})
        mail.state = state
        db.session.flush()
        assert not mail_claims.still_claimed(mail, "slow", claimed_at)
        assert not mail_claims.hand_over(*mine)
        assert mail_claims.mark_sent(*mine) == may_say, "so nobody sends it again"
    mail.state = MailState.QUEUED
    with clock.at(clock.now() + timedelta(seconds=1)):
        mail_claims.claim(Lane.DIRECT, owner="other", most=1)
    assert not mail_claims.mark_sent(*mine)


def test_a_digest_goes_out_with_its_items_and_its_end(sent):
    dirk, _thread = due_digest()
    digest = db.session.scalars(db.select(Digest).where(Digest.member_id == dirk.id)).one()
    worker.run_until_idle()
    assert len(sent) == 1
    assert digest.state == DigestState.SENT
    assert digest.sent_at is not None
    assert len(db.session.scalars(db.select(DigestItem)).all()) == 1


@pytest.mark.parametrize("happened", ["stopped", "suspended", "empty"])
def test_a_queued_digest_is_asked_again_at_the_door(sent, happened):
    dirk, thread = due_digest()
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
    dirk, thread = due_digest()
    with monkeypatch.context() as patch:
        through(patch, Permanent("550 full"))
        worker.run_until_idle()
    digest = db.session.scalars(db.select(Digest).where(Digest.member_id == dirk.id)).one()
    assert digest.state == DigestState.FAILED
    with clock.at(clock.now() + timedelta(days=1)):
        calendar.open_digests()
        worker.run_until_idle()
    assert len(sent) == 1
    assert thread.title in sent[0].get_body(("plain",)).get_content()


def due_digest():
    space = make_space("Aalst")
    dirk = make_member("Dirk", space=space)
    with clock.at(clock.now() - timedelta(days=30)):
        subscriptions.choose(actor(dirk), frequency=Frequency.DAILY)
    thread = make_thread(
        space, make_member("Ann", space=space), title="Who rings back?", at=clock.now() - timedelta(hours=36)
    )
    assert mailer.sent() == []
    with clock.at(clock.now()) as now:
        windows.open_all(now)
    return dirk, thread


def test_a_digest_that_waited_in_a_backup_does_not_come_again_with_the_next_one(sent):
    dirk, thread = due_digest()
    db.session.add(RestoredCopy(id=1, backup_made_at=clock.now(), restored_at=clock.now()))
    db.session.commit()
    worker.run_until_idle()
    assert hold.release() == 1
    digest = db.session.scalars(db.select(Digest).where(Digest.member_id == dirk.id)).one()
    db.session.refresh(digest)
    assert (digest.state, digest.reason) == (DigestState.SKIPPED, hold.RESTORED)
    with clock.at(clock.now() + timedelta(days=7)):
        space = db.session.get_one(Space, thread.space_id)
        make_thread(space, dirk, title="Since then", at=clock.now() - timedelta(days=1))
        calendar.open_digests()
        worker.run_until_idle()
    assert not [letter for letter in sent if thread.title in letter.get_body(("plain",)).get_content()]


def test_lost_connections_are_in_a_row_only_without_an_answer_between_them(monkeypatch):
    way_out = through(monkeypatch, None)

    def send(message, *, before_data):
        before_data()
        if way_out.refusal is not None:
            raise way_out.refusal

    way_out.send = send
    lost, sender = Temporary("lost", connection_lost=True), Sender(Lane.DIRECT, "here")
    answers = (lost, Temporary("450 busy"), lost, Permanent("550 nobody"), lost, None, lost)
    for number, way_out.refusal in enumerate(answers):
        queue(f"p{number}")
        assert sender.send_due() == 1
        assert sender.seconds_to_rest() == 0
    queue("last")
    assert sender.send_due() == 1
    assert sender.seconds_to_rest() > 0


def test_mail_that_failed_before_does_not_wait_for_the_end_of_a_long_queue(monkeypatch):
    taken = []
    way_out = through(monkeypatch, None)
    way_out.send = lambda message, *, before_data: taken.append(message["Message-ID"])
    monkeypatch.setattr("forum.jobs.sending.AT_ONCE", dict.fromkeys(Lane, 1))
    queue("failed", lane=Lane.BULK)
    (failed,) = mails()
    failed.failing_since = clock.now()
    for number in range(14):
        queue(f"new {number}", lane=Lane.BULK)
    assert Sender(Lane.BULK, "here").send_due() == 15
    assert taken.index(failed.message_id) == 9
