"""When a digest is due, across time zones and the nights on which the clock jumps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.domain.digests.calendar import MONTH, Schedule, before, beginning, following, latest, told_from
from forum.models.subscriptions import Frequency

BRUSSELS = "Europe/Brussels"
# With half an hour of summer time; changes at midnight; a day that never was; no changes.
ZONES = (BRUSSELS, "Australia/Lord_Howe", "America/Havana", "Africa/Cairo", "Pacific/Apia", "Asia/Kathmandu")
STEPS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.FORTNIGHTLY: 14}
FREQUENCIES = st.sampled_from([*STEPS, Frequency.MONTHLY])
SCHEDULES = st.builds(
    Schedule, FREQUENCIES, st.integers(0, 6), st.integers(0, 23), st.sampled_from([*ZONES, BRUSSELS])
)
MOMENTS = st.datetimes(datetime(2011, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))


def schedule(frequency, *, weekday=0, hour=7, zone=BRUSSELS):
    return Schedule(frequency, weekday, hour, zone)


def local(words: str, zone: str = BRUSSELS) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("chosen", "now", "period", "ends"),
    [
        (schedule(Frequency.WEEKLY), "2026-11-30T06:59", "week:2026-11-23", "2026-11-23T07:00"),
        (schedule(Frequency.WEEKLY), "2026-11-30T07:00", "week:2026-11-30", "2026-11-30T07:00"),
        (schedule(Frequency.WEEKLY), "2027-01-01T12:00", "week:2026-12-28", "2026-12-28T07:00"),
        (
            schedule(Frequency.WEEKLY, weekday=4, hour=16),
            *("2026-11-30T07:00", "week:2026-11-27", "2026-11-27T16:00"),
        ),
        (schedule(Frequency.DAILY, hour=0), "2026-11-30T00:00", "day:2026-11-30", "2026-11-30T00:00"),
        (schedule(Frequency.DAILY, hour=23), "2026-11-30T22:59", "day:2026-11-29", "2026-11-29T23:00"),
        (schedule(Frequency.MONTHLY), "2026-12-07T06:59", "month:2026-11", "2026-11-02T07:00"),
        (schedule(Frequency.MONTHLY), "2026-12-07T07:00", "month:2026-12", "2026-12-07T07:00"),
        (schedule(Frequency.MONTHLY, weekday=1), "2026-12-01T07:00", "month:2026-12", "2026-12-01T07:00"),
        (schedule(Frequency.FORTNIGHTLY), "2026-11-30T07:00", "fortnight:2026-11-23", "2026-11-23T07:00"),
        (
            schedule(Frequency.FORTNIGHTLY, weekday=6),
            *("2026-12-12T07:00", "fortnight:2026-11-29", "2026-11-29T07:00"),
        ),
    ],
)
def test_a_window_ends_at_the_chosen_day_and_hour(chosen, now, period, ends):
    window = latest(chosen, local(now))
    assert (window.period, window.ends_at) == (period, local(ends))


@given(SCHEDULES, MOMENTS)
def test_the_following_window_is_the_first_that_ends_later(chosen, now):
    ends_at = following(chosen, now)
    assert latest(chosen, ends_at).ends_at == ends_at > now
    assert before(chosen, ends_at) <= now


@pytest.mark.parametrize(
    ("night", "ends"),
    [("2027-03-28", "2027-03-28T01:00+00:00"), ("2027-10-31", "2027-10-31T00:00+00:00")],
    ids=["an hour that the clock skips", "an hour that comes twice"],
)
def test_every_day_comes_once_when_the_clock_jumps(night, ends):
    """At two at night, which is not there in spring, and there twice in autumn: a clock that is moved through it."""
    chosen = schedule(Frequency.DAILY, hour=2)
    moment = local(f"{night}T00:00") - timedelta(days=1)
    seen = {}
    while moment < local(f"{night}T23:59") + timedelta(days=1):
        window = latest(chosen, moment)
        assert seen.setdefault(window.period, window.ends_at) == window.ends_at, "moved after it was sent"
        moment += timedelta(minutes=5)
    assert len(seen) == 4
    assert seen[f"day:{night}"] == datetime.fromisoformat(ends)
    assert list(seen.values()) == sorted(seen.values())


@given(SCHEDULES, MOMENTS)
def test_a_moved_clock_meets_windows_one_after_the_other(chosen, now):
    window = latest(chosen, now)
    assert window.ends_at <= now
    assert latest(chosen, window.ends_at) == window, "it is there from its first moment on"
    earlier = before(chosen, window.ends_at)
    assert earlier < window.ends_at
    assert latest(chosen, window.ends_at - timedelta(seconds=1)).ends_at == earlier, (
        "and nothing between them"
    )
    longest = STEPS.get(chosen.frequency, 35) + 2
    assert window.ends_at - earlier < timedelta(days=longest)
    assert now - window.ends_at < timedelta(days=longest)


@given(SCHEDULES.filter(lambda chosen: chosen.timezone != "Pacific/Apia"), MOMENTS)
def test_a_window_ends_on_its_day_at_its_hour_unless_the_clock_skips_it(chosen, now):
    window = latest(chosen, now)
    ends = window.ends_at.astimezone(ZoneInfo(chosen.timezone))
    skipped = datetime.combine(ends.date(), ends.time().replace(hour=chosen.hour, minute=0), ends.tzinfo)
    exists = skipped.astimezone(UTC).astimezone(ends.tzinfo).hour == chosen.hour
    assert (ends.hour, ends.minute) == (chosen.hour, 0) or not exists
    assert ends.fold == 0, "the first of two"
    if chosen.frequency != Frequency.DAILY:
        assert ends.weekday() == chosen.weekday
    if chosen.frequency == Frequency.MONTHLY:
        assert ends.day <= 7
    if chosen.frequency == Frequency.FORTNIGHTLY:
        assert (ends.date() - date(1970, 1, 5)).days % 14 == chosen.weekday


def test_each_member_has_their_own_morning():
    now = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)
    assert latest(schedule(Frequency.WEEKLY), now).period == "week:2026-11-30"
    assert latest(schedule(Frequency.WEEKLY, zone="America/New_York"), now).period == "week:2026-11-23"
    of_the_forum = latest(schedule(Frequency.WEEKLY), now)
    assert latest(schedule(Frequency.WEEKLY, zone="no/such/place"), now) == of_the_forum


def test_a_window_begins_where_the_last_letter_ended_and_the_first_one_period_back():
    weekly = schedule(Frequency.WEEKLY)
    ends, last = local("2026-11-30T07:00"), local("2026-11-23T07:00")
    chosen_at = local("2026-11-25T15:00")
    assert beginning(weekly, ends, chosen_at=chosen_at, told_until=last) == last
    assert beginning(weekly, ends, chosen_at=chosen_at, told_until=local("2026-06-01T07:00")) == local(
        "2026-06-01T07:00"
    ), "however long ago"
    assert beginning(weekly, last, chosen_at=chosen_at, told_until=ends) == last
    assert beginning(weekly, ends, chosen_at=chosen_at, told_until=None) == last
    # The worker was off when the first one was due: it tells what that would have told.
    assert beginning(weekly, local("2026-12-21T07:00"), chosen_at=chosen_at, told_until=None) == last


def test_what_is_older_than_a_month_or_than_one_period_is_only_counted():
    ends = local("2026-12-07T07:00")
    long_ago = local("2026-06-01T07:00")
    assert told_from(schedule(Frequency.WEEKLY), long_ago, ends) == ends - MONTH
    assert told_from(schedule(Frequency.WEEKLY), local("2026-11-30T07:00"), ends) == local("2026-11-30T07:00")
    # From the first Monday of November to that of December is longer than a month.
    assert told_from(schedule(Frequency.MONTHLY), long_ago, ends) == local("2026-11-02T07:00")


def test_never_has_no_window():
    with pytest.raises(ValueError, match="no window"):
        latest(schedule(Frequency.NEVER), local("2026-11-30T07:00"))
