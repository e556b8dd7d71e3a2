"""Working days of Belgium: how a term is counted in which somebody has to answer."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

DAY = timedelta(days=1)
SATURDAY = 5


def after(day: date, number: int) -> date:
    """Return the day that is `number` (one or more) working days after `day`, which itself does not count."""
    if number < 1:
        raise ValueError("a term is one working day at least")
    while number:
        day += DAY
        number -= is_workday(day)
    return day


@lru_cache(maxsize=4_096)
def passed(since: date, until: date) -> int:
    """Return how many working days came after the day `since`, up to and with `until`."""
    return sum(is_workday(since + DAY * number) for number in range(1, (until - since).days + 1))


def is_workday(day: date) -> bool:
    """Return whether offices are open: not on a Saturday, a Sunday or a public holiday."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


@lru_cache(maxsize=8)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("BE", years=year))
