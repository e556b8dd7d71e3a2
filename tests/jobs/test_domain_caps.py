"""One domain gets so much mail in an hour and no more, whoever claims it, and holds up no other."""

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest

from forum.domain.mailing import mail_claims
from forum.domain.mailing.mail_queue import mail_row, queue_rows
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.mail import Lane, MailState, OutgoingMail
from tests.factories import make_member

pytestmark = pytest.mark.live
BOUND, MANY, FEW = 7, 40, 5


def queue(email, count, lane):
    member = make_member(email=email)
    rows = [
        mail_row("password_changed", key=f"{email}.{lane}.{number}", lane=lane, member_id=member.id)
        for number in range(count)
    ]
    queue_rows(rows)


def claim_all(app, moment, lane=Lane.BULK):
    """Two workers that claim at once, until there is nothing."""
    together = threading.Barrier(2)

    def work(owner):
        with app.app_context(), clock.at(moment):
            together.wait(20)
            while mail_claims.claim(lane, owner=owner, most=10):
                # Long enough for the other to count before this is committed.
                time.sleep(0.1)
                db.session.commit()
            db.session.remove()

    workers = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    with app.app_context(), clock.at(moment):
        assert not mail_claims.anything_due(lane)
        rows = db.select(Member.email).join(OutgoingMail, OutgoingMail.member_id == Member.id)
        found = Counter(db.session.scalars(rows.where(OutgoingMail.state == MailState.SENDING)))
        db.session.execute(
            db.update(OutgoingMail)
            .where(OutgoingMail.state == MailState.SENDING)
            .values(state=MailState.SENT, sent_at=moment)
        )
        db.session.commit()
        db.session.remove()
    return found


def test_two_workers_give_a_domain_no_more_than_its_bound_and_the_others_all(live_app, monkeypatch):
    monkeypatch.setitem(live_app.config, "MAIL_PER_DOMAIN_PER_HOUR", BOUND)
    with live_app.app_context():
        queue("ann@big.example", MANY, Lane.BULK)
        queue("bea@small.example", FEW, Lane.BULK)
        queue("cas@big.example", BOUND + 1, Lane.DIRECT)
        db.session.commit()
        db.session.remove()
    now = clock.now() + timedelta(minutes=1)
    assert claim_all(live_app, now) == {"ann@big.example": BOUND, "bea@small.example": FEW}
    assert claim_all(live_app, now + timedelta(minutes=59)) == {}
    assert claim_all(live_app, now + timedelta(minutes=59), Lane.DIRECT) == {"cas@big.example": BOUND + 1}
    assert claim_all(live_app, now + timedelta(minutes=61)) == {}
    monkeypatch.setitem(live_app.config, "MAIL_PER_DOMAIN_PER_HOUR", 0)
    assert claim_all(live_app, now + timedelta(minutes=61)) == {"ann@big.example": MANY - BOUND}
