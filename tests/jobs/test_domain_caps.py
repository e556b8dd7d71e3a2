"""One domain gets so much mail in an hour and no more, whoever claims it, and holds up no other."""

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest

from forum.domain.mailing import domain_caps, mail_claims
from forum.domain.mailing.domain_caps import Tally
from forum.domain.mailing.mail_queue import mail_row, queue_rows
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.mail import Lane, MailState, OutgoingMail
from tests.factories import make_member

pytestmark = pytest.mark.live
BOUND, SHARE, MANY, FEW = 7, 5, 40, 5


def queue(email, count, lane):
    member = make_member(email=email)
    rows = [
        mail_row("password_changed", key=f"{email}.{lane}.{number}", lane=lane, member_id=member.id)
        for number in range(count)
    ]
    queue_rows(rows)


def claim_all(app, moment, *lanes, tallies=None):
    """Two workers that claim at once, until there is nothing: how much of each lane, and to whom."""
    together = threading.Barrier(2)
    tallies = tallies or [Tally(), Tally()]

    def work(number, lane):
        with app.app_context(), clock.at(moment):
            together.wait(20)
            while mail_claims.claim(lane, owner=f"w{number}", most=10, tally=tallies[number]):
                # Long enough for the other to count before this is committed.
                time.sleep(0.1)
                db.session.commit()
            db.session.remove()

    lanes = lanes or (Lane.BULK, Lane.BULK)
    workers = [threading.Thread(target=work, args=each) for each in enumerate(lanes)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    with app.app_context(), clock.at(moment):
        assert not [lane for lane in lanes if mail_claims.anything_due(lane)]
        rows = db.select(Member.email, OutgoingMail.lane).join(Member, OutgoingMail.member_id == Member.id)
        claimed = db.session.execute(rows.where(OutgoingMail.state == MailState.SENDING)).all()
        found = Counter((row.email.partition("@")[2], row.lane) for row in claimed)
        db.session.execute(
            db.update(OutgoingMail)
            .where(OutgoingMail.state == MailState.SENDING)
            .values(state=MailState.SENT, sent_at=moment)
        )
        db.session.commit()
        db.session.remove()
    return found


BIG, SMALL = ("big.example", Lane.BULK), ("small.example", Lane.BULK)
BIG_DIRECT, BIG_NOTICE = ("big.example", Lane.DIRECT), ("big.example", Lane.NOTICE)


def test_two_workers_give_a_domain_no_more_than_its_bound_and_the_others_all(live_app, monkeypatch):
    monkeypatch.setitem(live_app.config, "MAIL_PER_DOMAIN_PER_HOUR", BOUND)
    with live_app.app_context():
        queue("ann@big.example", MANY, Lane.BULK)
        queue("bea@small.example", FEW, Lane.BULK)
        queue("cas@big.example", BOUND + 1, Lane.DIRECT)
        db.session.commit()
        db.session.remove()
    now, kept = clock.now() + timedelta(minutes=1), [Tally(), Tally()]
    assert claim_all(live_app, now, tallies=kept) == {BIG: SHARE, SMALL: FEW}
    assert claim_all(live_app, now + timedelta(seconds=30), tallies=kept) == {}
    assert claim_all(live_app, now + timedelta(minutes=59), tallies=kept) == {}
    direct = claim_all(live_app, now + timedelta(minutes=59), Lane.DIRECT, Lane.DIRECT, tallies=kept)
    assert direct == {BIG_DIRECT: BOUND + 1}
    assert claim_all(live_app, now + timedelta(minutes=61), tallies=kept) == {}
    monkeypatch.setitem(live_app.config, "MAIL_PER_DOMAIN_PER_HOUR", 0)
    assert claim_all(live_app, now + timedelta(minutes=61)) == {BIG: MANY - SHARE}


def test_digests_leave_a_part_of_the_bound_to_what_is_told_at_once(live_app, monkeypatch):
    monkeypatch.setitem(live_app.config, "MAIL_PER_DOMAIN_PER_HOUR", BOUND)
    with live_app.app_context():
        queue("ann@big.example", MANY, Lane.BULK)
        db.session.commit()
        db.session.remove()
    now = clock.now() + timedelta(minutes=1)
    assert claim_all(live_app, now) == {BIG: SHARE}
    with live_app.app_context():
        queue("bea@big.example", BOUND * 3, Lane.NOTICE)
        db.session.commit()
        db.session.remove()
    later = now + timedelta(minutes=1)
    assert claim_all(live_app, later, Lane.BULK, Lane.NOTICE) == {BIG_NOTICE: BOUND - SHARE}
    both = claim_all(live_app, now + timedelta(minutes=62), Lane.BULK, Lane.NOTICE)
    assert (both.total(), both[BIG] <= SHARE) == (BOUND, True)


def test_of_a_bound_of_one_digests_may_have_that_one(app, monkeypatch):
    bounds = []
    for most in (0, 1, 2, 3, 4, 100):
        monkeypatch.setitem(app.config, "MAIL_PER_DOMAIN_PER_HOUR", most)
        with app.app_context():
            bounds.append([domain_caps.bound_of(lane) for lane in (Lane.BULK, Lane.NOTICE, Lane.DIRECT)])
    assert bounds == [[None] * 3, [1, 1, None], [1, 2, None], [2, 3, None], [3, 4, None], [75, 100, None]]
