"""The dates of the demo move together, by whole weeks, to the days before it is loaded."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from forum.demo import book, dates
from forum.infra import clock

pytestmark = pytest.mark.any_database

WEEK = timedelta(weeks=1)
MINUTE = timedelta(minutes=1)
LAST = dates.read("2026-06-26T16:20:00+02:00")  # the last post of the file
SOME = ("2025-06-02", "2025-11-12T09:30:00+01:00", "2026-03-29", "2026-06-26T16:20:00+02:00", "2028-02-23")


def moments():
    """Moments of loading: around the last event of the file, around summer time, and anywhere in ten years."""
    chance = random.Random(7)
    near = [LAST + each for each in (timedelta(0), WEEK, WEEK - MINUTE, -MINUTE)]
    changes = [
        datetime(2027, month, day, hour, 30, tzinfo=UTC)
        for month, day in ((3, 28), (10, 31))
        for hour in range(4)
    ]
    start = datetime(2024, 1, 1, tzinfo=UTC)
    return [*near, *changes, *(start + MINUTE * chance.randrange(10 * 365 * 24 * 60) for _ in range(20))]


@pytest.mark.parametrize("now", moments())
def test_the_last_event_is_less_than_a_week_ago_and_weekdays_and_hours_stay(now):
    with clock.at(now):
        demo = book.opened()
    last = demo.moment("2026-06-26T16:20:00+02:00")
    assert now - WEEK - timedelta(hours=1) < last <= now  # an hour more in the week in which summer time ends
    assert demo.shift % WEEK == timedelta(0)
    for written in SOME:
        before, after = dates.read(written), demo.moment(written)
        assert after.date() - before.date() == demo.shift
        assert (after.weekday(), after.time(), after.tzinfo) == (before.weekday(), before.time(), dates.HOME)


def test_nothing_in_the_file_happened_after_its_last_post():
    source = book.opened().source
    assert max(dates.events(source)) == LAST
