"""Which backups are kept: whatever was made when, the newest, and one of each day, week and month that counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.domain.maintenance import rotation
from forum.infra import days

pytestmark = pytest.mark.any_database
ZONE = "Europe/Brussels"
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
STRANGE = ["notes.txt", "leerkring-20260230T010000Z.backup", "leerkring-20260101T010000Z.backup~", ".backup"]


def left_after(nights, zone=ZONE):
    """What stands after these nights, each of which made one backup and removed what was outdated."""
    there: set[str] = set()
    for night in nights:
        made = rotation.name_at(night)
        there.add(made)
        there -= rotation.outdated(there, just_made=made, zone=zone)
    return there


def test_after_two_years_of_nights_seven_days_five_weeks_and_twelve_months_stand():
    first = datetime(2024, 12, 1, 1, 30, tzinfo=UTC)
    nights = [first + timedelta(days=number) for number in range(731)]
    there = sorted(left_after(nights))
    assert rotation.moment_of(there[-1]) == nights[-1] == datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
    found = [days.day_of(rotation.moment_of(name), ZONE).isoformat() for name in there]
    months = [f"2026-0{month}" for month in range(1, 10)] + ["2026-10"]
    ends = {
        "01": 31,
        "02": 28,
        "03": 31,
        "04": 30,
        "05": 31,
        "06": 30,
        "07": 31,
        "08": 31,
        "09": 30,
        "10": 31,
    }
    assert found == [
        *[f"{month}-{ends[month[-2:]]}" for month in months],
        "2026-11-08", "2026-11-15", "2026-11-22",  # Sundays
        *[f"2026-11-{day}" for day in range(25, 31)], "2026-12-01",
    ]  # fmt: skip


def test_a_night_belongs_to_the_day_of_the_forum():
    # Half past eleven in the evening of UTC is the next day in Brussels.
    early, late = datetime(2026, 1, 1, 22, 30, tzinfo=UTC), datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
    more = [late + timedelta(days=number) for number in range(1, 3)]
    names = [rotation.name_at(moment) for moment in (early, late, *more)]
    assert rotation.outdated(names, just_made=names[-1], zone=ZONE) == set()
    assert rotation.outdated(names, just_made=names[-1], zone="UTC") == {names[0]}


def test_what_was_just_made_stays_also_when_the_clock_went_back():
    later = [
        rotation.name_at(datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=number)) for number in range(400)
    ]
    made = rotation.name_at(datetime(2026, 1, 1, tzinfo=UTC))
    assert made not in rotation.outdated([*later, made], just_made=made, zone=ZONE)
    assert made in rotation.outdated([*later, made], just_made=later[0], zone=ZONE)


@given(st.lists(MOMENTS, min_size=1, max_size=120), MOMENTS)
def test_of_any_history_the_right_ones_stay(moments, now):
    made = rotation.name_at(now)
    names = {rotation.name_at(moment) for moment in moments} | {made, *STRANGE}
    gone = rotation.outdated(names, just_made=made, zone=ZONE)
    kept = names - gone
    assert made in kept
    assert set(STRANGE) <= kept
    assert max(names - set(STRANGE)) in kept
    assert rotation.outdated(kept, just_made=made, zone=ZONE) == set()
    ours = sorted(name for name in names if rotation.moment_of(name))
    for number, period in (
        (7, lambda day: day),
        (5, lambda day: day.isocalendar()[:2]),
        (12, lambda day: (day.year, day.month)),
    ):
        newest = {period(days.day_of(rotation.moment_of(name), ZONE)): name for name in ours}
        assert {newest[each] for each in sorted(newest)[-number:]} <= kept
    assert len(kept) - len(STRANGE) <= 7 + 5 + 12 + 1


def test_only_our_own_names_have_a_moment():
    moment = datetime(2026, 11, 27, 1, 30, 5, tzinfo=UTC)
    name = rotation.name_at(moment)
    assert name == "leerkring-20261127T013005Z.backup"
    assert rotation.moment_of(name) == moment
    assert [rotation.moment_of(name) for name in STRANGE] == [None] * len(STRANGE)
    early = rotation.name_at(moment + timedelta(minutes=6))
    assert rotation.ahead([name, early, *STRANGE], moment) == {early}
