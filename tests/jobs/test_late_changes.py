"""What changes between planning a mail and its end: an address, a choice, how much a domain may get."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from forum.domain import health
from forum.domain.digests import digests
from forum.domain.mailing import (
    bounces,
    domain_caps,
    events,
    mail_status,
    notice_choices,
    notices,
    quiet_times,
)
from forum.domain.mailing.domain_caps import Tally
from forum.domain.mailing.mail_queue import queue_mail
from forum.domain.people import profiles
from forum.infra import clock
from forum.infra.db import db
from forum.infra.smtp import SmtpMailer
from forum.jobs import letters, worker
from forum.models.accounts import Member
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.notifications import Notification
from forum.models.spaces import MailPolicy, Space
from forum.models.subscriptions import Delivery, DigestChoice, Frequency, Subscription
from forum.models.themes import ThreadTag
from forum.models.undo import UndoableAct, UndoKind
from tests import lesson_scenario
from tests.factories import LONG_AGO, actor, make_member, make_post, make_space, make_thread
from tests.jobs.test_leaving import queued, smtp  # noqa: F401 - a fixture
from tests.notices import tell_by_mail

NIGHT = datetime(2027, 1, 5, 22, 0, tzinfo=UTC)


def reader(space, frequency=Frequency.WEEKLY):
    member = make_member("Eva", space=space)
    db.session.add(DigestChoice(member_id=member.id, frequency=frequency, chosen_at=LONG_AGO))
    db.session.flush()
    return member


def test_a_refusal_of_an_address_that_was_replaced_meanwhile_hurts_not_the_new_one(smtp, monkeypatch):  # noqa: F811
    ann, new = make_member("Ann"), "new@people.test"
    smtp.refuse(ann.email)
    queued(ann, "a")
    waiting = queued(ann, "b", not_before=clock.now() + timedelta(hours=1))
    send = SmtpMailer.send

    def while_it_is_brought(self, message, **how):
        try:
            send(self, message, **how)
        finally:
            db.session.execute(update(Member).where(Member.id == ann.id).values(email=new))
            db.session.commit()

    monkeypatch.setattr(SmtpMailer, "send", while_it_is_brought)
    worker.run_until_idle()
    assert (smtp.met["RCPT"], bounces.is_stopped(new), waiting.state) == (1, False, MailState.QUEUED)


def test_an_address_that_is_none_fails_and_stops_no_lane(sent):
    odd, ann = make_member("Odd"), make_member("Ann")
    odd.email = "odd@@nowhere"
    mails = [queued(odd, "a"), queued(ann, "b")]
    worker.run_until_idle()
    assert [mail.state for mail in mails] == [MailState.FAILED, MailState.SENT]
    assert [message["To"] for message in sent] == [ann.email]


def test_what_a_domain_may_not_get_yet_is_no_alarm(session, app, monkeypatch, count_queries):
    """And it costs little more to know: of what was sent, what has settled is counted once a minute."""
    app.extensions.pop(mail_status.TALLY, None)
    ann, bea = make_member("Ann", email="ann@big.example"), make_member("Bea", email="bea@small.example")
    with clock.at(clock.now() - timedelta(minutes=90)):
        first, _second = queued(ann, "a"), queued(ann, "b")
    first.state, first.sent_at = MailState.SENT, clock.now() - timedelta(minutes=30)
    db.session.flush()

    def of_notices():
        status = mail_status.lanes()[1]
        return status.waiting, status.later, status.oldest_at is not None

    def late():
        return [check.name for check in health.worker_checks() if "mail" in check.name and not check.good]

    assert late() == ["mail notice"]
    monkeypatch.setitem(app.config, "MAIL_PER_DOMAIN_PER_HOUR", 2)
    with count_queries() as counted:
        assert of_notices() == (0, 1, False)
    assert (late(), counted.count) == ([], 5)
    queued(bea, "c")
    with count_queries() as counted:
        assert of_notices() == (1, 1, True), "the other domain got nothing"
    assert counted.count == 4
    with monkeypatch.context() as meanwhile:
        due = domain_caps.due
        meanwhile.setattr(domain_caps, "due", lambda: (queued(bea, "d"), queued(bea, "e"), due())[-1])
        assert of_notices() == (3, 1, True), "what came between two questions is late with nothing else"
    app.extensions.pop(mail_status.TALLY)
    said = app.test_cli_runner().invoke(args=["mail", "status"]).output
    assert "1 domains got what they may, 1 of 2 in an hour (MAIL_PER_DOMAIN_PER_HOUR)" in said


def test_where_only_the_link_may_stand_a_digest_names_no_tag_and_no_city(aalst):
    eva, dirk = reader(make_space("Genk", city="genk")), make_member("Dirk", space=aalst)
    make_thread(aalst, dirk, tags=("Huisjesmelker",), at=clock.now() - timedelta(days=1))
    tag_id = db.session.scalars(select(ThreadTag.tag_id)).one()
    db.session.add(Subscription(member_id=eva.id, tag_id=tag_id, delivery=Delivery.DIGEST))
    scenario = lesson_scenario.build()
    scenario.published()
    db.session.flush()
    secrets = ("Huisjesmelker", "rests on posts from")
    for policy, stand in ((None, True), (MailPolicy.LINK, False)):
        db.session.execute(update(Space).values(mail_policy=policy))
        db.session.expire_all()
        letter = letters.digest_preview(actor(eva))
        assert [secret in letter.text for secret in secrets] == [stand] * 2
        assert [secret in letter.html for secret in secrets] == [stand] * 2
    assert "You follow a tag of it" in letter.text


def test_a_post_whose_mail_was_stopped_is_news_also_while_another_mail_waits(aalst):
    eva, dirk = reader(aalst, Frequency.DAILY), make_member("Dirk", space=aalst)
    ago = clock.now() - timedelta(hours=2)
    post = make_post(make_thread(aalst, dirk, at=ago), dirk, at=ago + timedelta(minutes=1))
    tell_by_mail(eva, post, kind="followed")
    queue_mail("notices", key="notices.other", lane=Lane.NOTICE, member_id=eva.id)
    for told in (1, 2):
        (thread,) = digests.preview(actor(eva)).entries
        assert thread.new_count == told
        notice_choices.stop(eva.id, "followed")


@pytest.fixture
def planned(aalst):
    """Plans the notice of an answer to Dirk, and returns when it leaves."""
    dirk, ruben = make_member("Dirk", space=aalst), make_member("Ruben", space=aalst)
    story = make_thread(aalst, dirk)

    def plan(shown_at=None):
        post = make_post(story, ruben)
        event = events.record("post.created", post_id=post.id)
        db.session.flush()
        about = notices.Subject(thread_id=story.id, post_id=post.id)
        told = notices.tell(
            {dirk.id: "answer"}, event_id=event.id, about=about, actor_id=ruben.id, shown_at=shown_at
        )
        notices.plan(told, happened_at=clock.now(), shown_at=shown_at)
        moment = select(Notification.mail_at).where(Notification.post_id == post.id)
        return db.session.scalars(moment).one()

    plan.dirk = dirk
    return plan


def waiting():
    """When each mail leaves, in the order in which they were planned; a notice agrees with its mail."""
    mails = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
    told = {notices.key_of(row.id): row.mail_at for row in db.session.scalars(select(Notification))}
    assert [told.get(mail.key, mail.next_try_at) for mail in mails] == [mail.next_try_at for mail in mails]
    return [(mail.next_try_at - NIGHT) / timedelta(minutes=1) for mail in mails]


def test_what_waits_leaves_by_the_quiet_hours_and_the_time_zone_of_now(planned, sent):
    """Taken away, put on or moved; never before a notice is bundled, or its act can no longer be undone."""
    dirk, minute = planned.dirk, timedelta(minutes=1)
    act = UndoableAct(kind=UndoKind.HIDE, actor_id=dirk.id, at=NIGHT, until=NIGHT + 10 * minute)
    db.session.add(act)
    db.session.flush()
    with clock.at(NIGHT):
        quiet_times.choose(dirk.id, (22, 8))
        morning = NIGHT + timedelta(hours=9)
        assert planned() == planned(NIGHT + 10 * minute) == morning
        queued(dirk, "a", not_before=morning)
        queued(dirk, "b", not_before=morning, payload={"act_id": act.id})
        later = [queued(dirk, "c", Lane.DIRECT, not_before=morning), queued(dirk, "d", not_before=morning)]
        later[1].reason = "451 Later"  # the next try
    with clock.at(NIGHT + 2 * minute):
        planned()
        untouched = [9 * 60] * 2
        assert waiting() == [9 * 60] * 4 + untouched + [9 * 60]
        quiet_times.choose(dirk.id, None)
        assert waiting() == [3, 13, 2, 10, *untouched, 3], "the last one with the first"
        quiet_times.choose(dirk.id, (20, 7))
        # What was due by then waits where it leaves: `letters` asks the hours again.
        assert waiting() == [8 * 60] * 2 + [2] + [8 * 60] + untouched + [8 * 60]
        save = partial(profiles.save, actor(dirk), name="Dirk", locale="en", theme=None)
        save(timezone="Asia/Tokyo")
        assert waiting() == [3, 13, 2, 10, *untouched, 3], "seven in the morning there"
        save(timezone="Asia/Dubai")
        assert waiting() == [5 * 60] * 2 + [2] + [5 * 60] + untouched + [5 * 60], "two at night"
        worker.run_until_idle()
        assert not sent
    with clock.at(NIGHT + timedelta(hours=1)):
        quiet_times.choose(dirk.id, None)
        assert waiting() == [60] * 4 + untouched + [60], "at once, and so what waited where it leaves"
        worker.run_until_idle()
        assert len(sent) == 3


def test_what_comes_after_quiet_hours_were_taken_away_waits_for_no_morning(planned, count_queries):
    with clock.at(NIGHT):
        quiet_times.choose(planned.dirk.id, (22, 8))
        assert planned() == planned() == NIGHT + timedelta(hours=9)
        with count_queries() as counted:
            quiet_times.choose(planned.dirk.id, (22, 8))
        assert counted.count == 1, "the same hours, and nothing is planned anew"
        quiet_times.choose(planned.dirk.id, None)
        assert planned() == NIGHT + notices.BUNDLED
    assert len(db.session.scalars(select(OutgoingMail)).all()) == 3


def test_of_what_a_domain_got_only_the_last_minutes_are_counted_each_time(session, count_queries):
    ann, tally, now = make_member("Ann", email="ann@big.example"), Tally(), clock.now()
    first, second = queued(ann, "a"), queued(ann, "b")
    first.state, first.sent_at = MailState.SENT, now - timedelta(minutes=50)
    session.flush()
    counted = []
    for later, sent in ((0, None), (30, second), (59, None), (60, None), (660, None)):
        if sent is not None:
            sent.state, sent.sent_at = MailState.SENT, now + timedelta(seconds=later)
            session.flush()
        with clock.at(now + timedelta(seconds=later)), count_queries() as seen:
            counted.append((tally.read()["big.example", Lane.NOTICE], seen.count))
    assert counted == [(1, 2), (2, 1), (2, 1), (2, 2), (1, 2)]
