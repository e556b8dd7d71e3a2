"""When a digest is due: calendar arithmetic in the member's own time zone, without a database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from forum.infra import days
from forum.models.subscriptions import Frequency

FIRST_MONDAY = date(1970, 1, 5)  # from which fortnights are counted
MONTH = timedelta(days=31)
DAY = timedelta(days=1)
NAMES = {Frequency.DAILY: "day", Frequency.WEEKLY: "week", Frequency.FORTNIGHTLY: "fortnight"}
STEPS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.FORTNIGHTLY: 14}


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often, on which weekday (Monday is 0) and at which hour of which time zone."""

    frequency: Frequency
    weekday: int
    hour: int
    timezone: str


@dataclass(frozen=True, slots=True)
class Window:
    """A period: its name, unique per member, and the moment at which it ends."""

    period: str
    ends_at: datetime


def latest(schedule: Schedule, now: datetime) -> Window:
    """Return the last window that ended by `now`; ValueError for a schedule without windows.

    An hour that the clock skips is the moment at which it jumps; of an hour that comes twice it is the first.
    """
    for day in _days(schedule, days.day_of(now, schedule.timezone) + DAY):
        ends_at = _moment(schedule, day)
        if ends_at <= now:
            break
    if schedule.frequency == Frequency.MONTHLY:
        return Window(f"month:{day:%Y-%m}", ends_at)
    return Window(f"{NAMES[schedule.frequency]}:{day.isoformat()}", ends_at)


def following(schedule: Schedule, now: datetime) -> datetime:
    """Return when the first window ends after `now`; ValueError for a schedule without windows."""
    day = now
    while (ends_at := latest(schedule, day).ends_at) <= now:
        # Half a day at a time: the night on which the clock jumps is shorter than a day.
        day += DAY / 2
    return ends_at


def before(schedule: Schedule, moment: datetime) -> datetime:
    """Return when the last window ended that ended before `moment`."""
    return latest(schedule, moment - timedelta(microseconds=1)).ends_at


def beginning(
    schedule: Schedule, ends_at: datetime, *, chosen_at: datetime, told_until: datetime | None
) -> datetime:
    """Return where a window begins: where the last letter ended. The first goes back one period from the first end
    that was promised, whenever it is sent.
    """
    if told_until is not None:
        return min(told_until, ends_at)
    return min(latest(schedule, chosen_at).ends_at, before(schedule, latest(schedule, ends_at).ends_at))


def told_from(schedule: Schedule, starts_at: datetime, ends_at: datetime) -> datetime:
    """Return from when on news is told in items: what is older than a month, or than one period, is only counted."""
    return max(starts_at, min(ends_at - MONTH, before(schedule, ends_at)))


def _days(schedule: Schedule, last: date) -> Iterator[date]:
    """The days on which windows end, backwards from that day on."""
    if schedule.frequency == Frequency.MONTHLY:
        first_day = last.replace(day=1)
        while True:
            yield first_day + timedelta(days=(schedule.weekday - first_day.weekday()) % 7)
            first_day = (first_day - DAY).replace(day=1)
    if schedule.frequency not in STEPS:
        raise ValueError(f"no window for {schedule.frequency}")
    step = STEPS[schedule.frequency]
    first_of_all = FIRST_MONDAY + timedelta(days=schedule.weekday)
    day = last - timedelta(days=(last - first_of_all).days % step)
    while True:
        yield day
        day -= timedelta(days=step)


def _moment(schedule: Schedule, day: date) -> datetime:
    return datetime.combine(day, time(schedule.hour), tzinfo=days.zone_of(schedule.timezone)).astimezone(UTC)
