"""Working days of Belgium."""

from datetime import date

import pytest

from forum.infra import workdays

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        ("2026-11-27", 1, "2026-11-30"),  # over a weekend
        ("2026-11-24", 10, "2026-12-08"),
        ("2026-12-18", 10, "2027-01-05"),  # Christmas and New Year, which fall on Fridays
        ("2027-03-24", 3, "2027-03-30"),  # Easter Monday moves
        ("2027-05-05", 1, "2027-05-07"),  # Ascension Day
        ("2026-07-20", 1, "2026-07-22"),  # the national day
        ("2026-11-10", 1, "2026-11-12"),  # armistice
        ("2026-12-25", 1, "2026-12-28"),  # asked on a holiday
        ("2026-11-29", 1, "2026-11-30"),  # asked on a Sunday
    ],
)
def test_a_term_counts_the_days_on_which_offices_are_open(day, number, expected):
    found = workdays.after(date.fromisoformat(day), number)
    assert found == date.fromisoformat(expected)
    assert workdays.is_workday(found)


def test_a_term_is_one_day_at_least():
    with pytest.raises(ValueError, match="one working day"):
        workdays.after(date(2026, 11, 27), 0)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2026-11-27", "2026-11-27", 0),
        ("2026-11-27", "2026-11-29", 0),  # a weekend
        ("2026-11-27", "2026-12-01", 2),
        ("2027-03-25", "2027-03-30", 2),  # Easter Monday moves
        ("2026-11-29", "2026-11-27", 0),
    ],
)
def test_how_many_working_days_have_passed(since, until, expected):
    assert workdays.passed(date.fromisoformat(since), date.fromisoformat(until)) == expected
