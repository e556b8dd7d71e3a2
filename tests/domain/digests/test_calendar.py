"""When a digest is due, across time zones and the nights on which the clock jumps."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from forum.domain.digests.calendar import REACH, beginning, latest
from forum.models.subscriptions import Frequency

BRUSSELS = "Europe/Brussels"


def local(words: str, zone: str = BRUSSELS) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "period", "ends"),
    [
        ("2026-11-30T06:59", "week:2026-11-23", "2026-11-23T07:00"),
        ("2026-11-30T07:00", "week:2026-11-30", "2026-11-30T07:00"),
        ("2026-12-06T23:59", "week:2026-11-30", "2026-11-30T07:00"),
        ("2027-01-01T12:00", "week:2026-12-28", "2026-12-28T07:00"),
    ],
)
def test_a_week_ends_on_monday_at_seven(now, period, ends):
    window = latest(Frequency.WEEKLY, local(now), BRUSSELS)
    assert (window.period, window.ends_at) == (period, local(ends))


@pytest.mark.parametrize(
    ("now", "period"),
    [
        ("2026-12-01T06:59", "month:2026-11"),
        ("2026-12-01T07:00", "month:2026-12"),
        ("2028-02-29T12:00", "month:2028-02"),
    ],
)
def test_a_month_ends_on_the_first(now, period):
    assert latest(Frequency.MONTHLY, local(now), BRUSSELS).period == period


@pytest.mark.parametrize("sunday", ["2027-03-28", "2027-10-31"])
def test_every_day_comes_once_when_the_clock_jumps(sunday):
    moment = local(f"{sunday}T00:00") - timedelta(days=1)
    seen = {}
    while moment < local(f"{sunday}T23:59") + timedelta(days=2):
        window = latest(Frequency.DAILY, moment, BRUSSELS)
        assert window.ends_at <= moment
        seen[window.period] = window.ends_at
        moment += timedelta(minutes=5)
    assert len(seen) == 5
    assert all(ends.astimezone(ZoneInfo(BRUSSELS)).hour == 7 for ends in seen.values())
    assert list(seen.values()) == sorted(seen.values())


@pytest.mark.parametrize("sunday", ["2027-03-28", "2027-10-31"])
def test_the_monday_after_is_at_seven_of_the_new_clock(sunday):
    monday = datetime.fromisoformat(sunday).date() + timedelta(days=1)
    before = latest(Frequency.WEEKLY, local(f"{monday}T06:59"), BRUSSELS)
    at_seven = latest(Frequency.WEEKLY, local(f"{monday}T07:00"), BRUSSELS)
    assert at_seven.period == f"week:{monday}"
    assert at_seven.ends_at == local(f"{monday}T07:00")
    hours = (at_seven.ends_at - before.ends_at) / timedelta(hours=1)
    assert hours == (7 * 24 - 1 if sunday == "2027-03-28" else 7 * 24 + 1)


def test_each_member_has_her_own_morning():
    now = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)
    assert latest(Frequency.WEEKLY, now, BRUSSELS).period == "week:2026-11-30"
    assert latest(Frequency.WEEKLY, now, "America/New_York").period == "week:2026-11-23"
    assert latest(Frequency.WEEKLY, now, "no/such/place") == latest(Frequency.WEEKLY, now, BRUSSELS)


def test_a_window_begins_where_the_last_letter_ended_but_never_long_ago():
    ends = local("2026-11-30T07:00")
    last = local("2026-11-23T07:00")
    assert beginning(Frequency.WEEKLY, ends, last) == last
    assert beginning(Frequency.WEEKLY, ends, None) == ends - REACH[Frequency.WEEKLY]
    assert beginning(Frequency.WEEKLY, ends, local("2026-06-01T07:00")) == ends - REACH[Frequency.WEEKLY]
    assert beginning(Frequency.DAILY, last, ends) == last


def test_never_has_no_window():
    with pytest.raises(ValueError, match="no window"):
        latest(Frequency.NEVER, local("2026-11-30T07:00"), BRUSSELS)
