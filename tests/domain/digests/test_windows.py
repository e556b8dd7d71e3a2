"""One window after the other: whatever is chosen, stops or fails, nothing is lost between two letters or told twice."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.domain.digests import digests, subscriptions, windows
from forum.domain.digests.calendar import Schedule, before, latest
from forum.infra import clock
from forum.infra.db import db
from forum.models.mail import MailState, OutgoingMail
from forum.models.maintenance import RestoredCopy
from forum.models.subscriptions import Digest, DigestState, Frequency
from tests.factories import actor, make_member, make_space
from tests.sweeps import few_of

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)  # seven in Brussels
DAY = timedelta(days=1)


def subscribed(*, frequency=Frequency.DAILY, at=MONDAY - 3 * DAY):
    member = make_member("Dirk", space=make_space("Aalst", city="aalst"))
    with clock.at(at):
        subscriptions.choose(actor(member), frequency=frequency)
    return member


def waiting():
    """The mails that wait in the queue, with their windows."""
    mails = db.session.scalars(db.select(OutgoingMail).filter_by(state=MailState.QUEUED)).all()
    return [(mail, db.session.get_one(Digest, mail.payload["digest_id"])) for mail in mails]


def all_windows(member):
    query = db.select(Digest).where(Digest.member_id == member.id).order_by(Digest.ends_at)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def deliver(mail, digest, outcome="sent"):
    """What the worker does with a letter, with any end; return the period that it tells of, None when it does not."""
    if reason := digests.skip_reason(digest):
        mail.state = MailState.CANCELLED
        digests.mark_skipped(digest, reason)
        return None
    letter = digests.compose(digest)
    if outcome == "failed":
        mail.state = MailState.FAILED
        digests.mark_failed(digest, "refused")
        return None
    if outcome == "empty":
        mail.state = MailState.CANCELLED
        digests.mark_skipped(digest, windows.EMPTY)
    else:
        mail.state = MailState.SENT
        digests.mark_sent(digest.id, letter)
    return letter.starts_at, letter.ends_at


class Life:
    """A member over months in which they choose again, and the worker and the mail server come and go."""

    def __init__(self, chance, began):
        self.chance, self.member = chance, subscribed(frequency=Frequency.WEEKLY, at=began)
        self.who = actor(self.member)
        self.worker_is_on = self.smtp_is_on = True

    def choose(self):
        frequency, weekday = self.chance.choice(list(Frequency)), self.chance.randrange(7)
        subscriptions.choose(self.who, frequency=frequency, weekday=weekday, hour=self.chance.randrange(24))

    def move(self):
        self.member.timezone = self.chance.choice(("Europe/Brussels", "America/New_York", "Asia/Tokyo"))

    def switch_worker(self):
        self.worker_is_on = not self.worker_is_on

    def switch_smtp(self):
        self.smtp_is_on = not self.smtp_is_on

    def suspend_or_return(self):
        self.member.suspended_at = None if self.member.suspended_at else clock.now()

    def go_on(self):
        acts = [self.choose, self.move, self.switch_worker, self.switch_smtp, self.suspend_or_return]
        acts.append(lambda: None)
        self.chance.choices(acts, weights=(5, 2, 2, 2, 1, 8))[0]()
        db.session.flush()
        if self.worker_is_on:
            windows.open_all(clock.now())
            assert len(waiting()) <= 1, "what waits is not told beside what comes after it"
        if not (self.worker_is_on and self.smtp_is_on):
            return []
        outcome = self.chance.choice(("sent", "sent", "empty", "failed"))
        return [period for mail, digest in waiting() if (period := deliver(mail, digest, outcome))]


@pytest.mark.parametrize("seed", few_of(range(40), 0, 1))
def test_a_life_of_choices_pauses_and_outages_loses_nothing_and_tells_nothing_twice(app, chance, seed):
    """Each letter begins where the one before ended, to the microsecond, whatever happened in between."""
    now = MONDAY + timedelta(minutes=chance.randrange(60 * 24 * 400))
    life, told = Life(chance, now), []
    for _step in range(60):
        now += timedelta(minutes=chance.choice((7, 55, 60 * 5, 60 * 24, 60 * 24 * 9, 60 * 24 * 45)))
        with clock.at(now):
            for began, ended in life.go_on():
                chosen_at = subscriptions.choice_of(life.member.id).chosen_at
                assert began < ended <= now
                # The first goes back before the choice that it was made for.
                assert began == told[-1] if told else began <= chosen_at or ended <= chosen_at
                told.append(ended)


def test_what_waits_is_left_out_for_the_next_window_and_a_claimed_one_is_waited_for():
    dirk = subscribed()
    assert windows.open_all(MONDAY) == 1
    assert windows.open_all(MONDAY + DAY) == 1
    first, second = all_windows(dirk)
    assert (first.state, first.reason) == (DigestState.SKIPPED, windows.TOLD_LATER)
    assert second.starts_at == first.starts_at
    (mail, _digest), *others = waiting()
    assert not others
    mail.state = MailState.SENDING
    db.session.flush()
    assert windows.open_all(MONDAY + 2 * DAY) == 0
    mail.state, mail.uncertain_at = MailState.QUEUED, MONDAY
    db.session.flush()
    assert windows.open_all(MONDAY + 2 * DAY) == 0, "the mail server may have it"
    deliver(mail, second)
    assert windows.open_all(MONDAY + 2 * DAY) == 1
    assert all_windows(dirk)[-1].starts_at == second.ends_at


def test_one_that_waited_in_a_backup_counts_as_sent_from_there():
    dirk = subscribed()
    windows.open_all(MONDAY)
    db.session.add(RestoredCopy(id=1, backup_made_at=MONDAY, restored_at=MONDAY + timedelta(hours=1)))
    db.session.flush()
    assert windows.open_all(MONDAY + DAY) == 1
    first, second = all_windows(dirk)
    assert (first.state, first.reason) == (DigestState.SKIPPED, "restored")
    (mail, digest), *_others = waiting()
    assert digest == second
    assert deliver(mail, digest) == (first.ends_at, second.ends_at)


def test_another_rhythm_begins_where_the_last_letter_ended():
    dirk = subscribed(frequency=Frequency.MONTHLY, at=MONDAY - 20 * DAY)
    december = datetime(2026, 12, 7, 6, tzinfo=UTC)
    with clock.at(december):
        windows.open_all(december)
        deliver(*waiting()[0])
    assert all_windows(dirk)[0].starts_at == datetime(2026, 11, 2, 6, tzinfo=UTC)
    for frequency, weekday, chosen_at, due_at in (
        (Frequency.WEEKLY, 3, december + DAY, datetime(2026, 12, 10, 6, tzinfo=UTC)),
        (Frequency.NEVER, 0, december + 5 * DAY, None),
        (Frequency.DAILY, 0, december + 60 * DAY, december + 61 * DAY),
    ):
        last = all_windows(dirk)[-1]
        with clock.at(chosen_at):
            subscriptions.choose(actor(dirk), frequency=frequency, weekday=weekday)
            assert windows.open_all(chosen_at) == 0, "what ended before the choice was not promised"
        if due_at is None:
            assert windows.open_all(chosen_at + 30 * DAY) == 0
            continue
        assert windows.open_all(due_at - timedelta(minutes=1)) == 0
        assert windows.open_all(due_at) == 1
        assert deliver(*waiting()[0]) == (last.ends_at, due_at)


def test_a_preview_at_the_hour_is_of_the_same_window_as_the_letter():
    dirk = subscribed(frequency=Frequency.WEEKLY)
    for now in (MONDAY, MONDAY + 7 * DAY):
        with clock.at(now):
            preview = digests.preview(actor(dirk))
            windows.open_all(now)
            mail, digest = waiting()[0]
            assert digests.compose(digest) == preview
            deliver(mail, digest)
    weekly = Schedule(Frequency.WEEKLY, 0, 7, "Europe/Brussels")
    assert latest(weekly, MONDAY).ends_at == MONDAY
    assert all_windows(dirk)[0].starts_at == before(weekly, MONDAY)
