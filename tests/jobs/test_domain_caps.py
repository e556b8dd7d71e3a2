"""One domain gets so much mail in an hour and no more, whoever claims it, and holds up no other."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from forum.domain.mailing import mail_claims, mail_status
from forum.domain.mailing.domain_caps import Tally
from forum.domain.mailing.mail_queue import mail_row, queue_rows
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.mail import Lane, MailState, OutgoingMail
from tests.factories import make_member

BOUND, SHARE, MANY, FEW = 7, 5, 40, 5
START = datetime(2027, 1, 5, 10, 0, tzinfo=UTC)


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


@pytest.mark.live
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


@pytest.mark.live
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


def shares(most, lanes, hours, monkeypatch, app, direct=0):
    """What of each lane left in each hour to a domain for which more of both waits, asked in that order.

    After mail that somebody waits for, in each hour.
    """
    monkeypatch.setitem(app.config, "MAIL_PER_DOMAIN_PER_HOUR", most)
    got = []
    for hour in range(hours):
        with clock.at(START + hour * timedelta(minutes=61)):
            left = Counter()
            queue(f"{hour}@big.example", direct, Lane.DIRECT)
            for lane in (Lane.DIRECT, *lanes):
                for mail in mail_claims.claim(lane, owner="w", most=20):
                    mail.state, mail.sent_at = MailState.SENT, clock.now()
                    left[mail.lane] += 1
                db.session.flush()
                assert not mail_claims.anything_due(lane)
        assert left[Lane.DIRECT] == direct
        got.append((left[Lane.NOTICE], left[Lane.BULK]))
    return got


@pytest.mark.parametrize(
    ("most", "direct", "notices_first", "digests_first"),
    [
        (1, 0, [(1, 0), (0, 1), (1, 0), (0, 1)], [(1, 0), (0, 1), (1, 0), (0, 1)]),
        (2, 0, [(1, 1)] * 4, [(1, 1)] * 4),
        (3, 0, [(2, 1)] * 4, [(1, 2)] * 4),
        (4, 0, [(3, 1)] * 4, [(1, 3)] * 4),
        (16, 0, [(14, 2)] * 2, [(4, 12)] * 2),
        (2, 1, [(1, 0), (0, 1)], [(1, 0), (0, 1)]),
        (3, 1, [(1, 1)] * 2, [(1, 1)] * 2),
        (7, 2, [(4, 1)] * 2, [(2, 3)] * 2),
        (2, 3, [(0, 0)] * 2, [(0, 0)] * 2),
    ],
)
def test_of_what_direct_mail_leaves_of_any_bound_both_get_a_part_whoever_asks_first(
    app, monkeypatch, session, most, direct, notices_first, digests_first
):
    for lane in (Lane.NOTICE, Lane.BULK):
        with clock.at(START):
            queue(f"{lane}@big.example", 20 if most < 16 else 40, lane)
    for lanes, expected in (
        ((Lane.NOTICE, Lane.BULK), notices_first),
        ((Lane.BULK, Lane.NOTICE), digests_first),
    ):
        with db.session.begin_nested() as tried:
            assert shares(most, lanes, len(expected), monkeypatch, app, direct) == expected
            tried.rollback()


def test_who_asks_is_told_why_mail_of_a_lane_waits(app, monkeypatch, session):
    """The domain got all that it may, or the lane has no turn; a lane for which nothing waits is not named."""
    monkeypatch.setitem(app.config, "MAIL_PER_DOMAIN_PER_HOUR", 1)
    app.extensions.pop(mail_status.TALLY, None)
    with clock.at(START + timedelta(minutes=61)):
        queue("ann@big.example", 1, Lane.NOTICE)
        queue("bea@small.example", 1, Lane.NOTICE)
        queue("cas@big.example", 1, Lane.DIRECT)
        (direct,) = mail_claims.claim(Lane.DIRECT, owner="w", most=1)
        direct.state, direct.sent_at = MailState.SENT, clock.now()
        db.session.flush()
        said = app.test_cli_runner().invoke(args=["mail", "status"]).output
    waits = "(MAIL_PER_DOMAIN_PER_HOUR): what lane notice has for them waits."
    assert [line for line in said.splitlines() if " domains " in line] == [
        f"1 domains may get one, and lane notice has no turn in this hour {waits}",
        f"1 domains got all that they may, 1 in an hour {waits}",
    ]
