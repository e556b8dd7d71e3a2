"""A day ends at midnight where somebody lives, also in the nights on which the clock jumps; never at that of UTC."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from forum.infra import clock, days

SECOND = timedelta(seconds=1)
ZONES = ("Pacific/Auckland", "Europe/Brussels", "America/New_York")
# The first day after a midnight: ordinary, after both jumps of each zone, after the end of a month, a leap day, a year.
MORNINGS = (
    "2026-11-26",
    *("2027-03-28", "2027-03-29", "2027-10-31", "2027-11-01"),  # Brussels
    *("2027-03-14", "2027-03-15", "2027-11-07", "2027-11-08"),  # New York
    *("2027-04-04", "2027-04-05", "2027-09-26", "2027-09-27"),  # Auckland
    *("2027-03-01", "2028-02-29", "2028-03-01", "2027-01-01"),
)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("morning", MORNINGS)
def test_today_changes_at_the_midnight_of_the_zone(zone, morning):
    day = date.fromisoformat(morning)
    midnight = datetime.combine(day, datetime.min.time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for moment, expected in ((midnight - SECOND, day - timedelta(days=1)), (midnight, day)):
        with clock.at(moment):
            assert days.today(zone) == expected
        assert days.day_of(moment, zone) == expected


def test_without_a_zone_it_is_the_day_of_the_forum(app, session, monkeypatch):
    moment = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    with clock.at(moment):
        for zone, day in zip(ZONES, ("2027-01-01", "2027-01-01", "2026-12-31"), strict=True):
            monkeypatch.setitem(app.config, "TIMEZONE", zone)
            assert days.today() == days.today("Mars/Crater") == days.day_of(moment) == date.fromisoformat(day)
            assert days.today("America/New_York") == date(2026, 12, 31)
