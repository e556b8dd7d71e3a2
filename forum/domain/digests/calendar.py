"""When a digest is due: calendar arithmetic in the member's own time zone, without a database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from forum.infra import days
from forum.models.subscriptions import Frequency

HOUR = time(7, 0)  # before the working day, and not in the hour that summer time skips or repeats
FIRST_MONDAY = date(1970, 1, 5)  # from which fortnights are counted
# How far back a letter may reach: after missed runs it covers the last period and a margin, not everything.
REACH = {
    Frequency.DAILY: timedelta(days=3),
    Frequency.WEEKLY: timedelta(days=14),
    Frequency.FORTNIGHTLY: timedelta(days=21),
    Frequency.MONTHLY: timedelta(days=38),
}


@dataclass(frozen=True, slots=True)
class Window:
    """A period: its name, unique per member, and the moment at which it ends."""

    period: str
    ends_at: datetime


def latest(frequency: Frequency, now: datetime, zone_name: str) -> Window:
    """Return the last window that ended by `now`: at 07:00 local time of a day, Monday, second Monday or first."""
    zone = days.zone_of(zone_name)
    # Before seven in the morning, today has not begun yet.
    today = days.day_of(now, zone_name)
    if now.astimezone(zone).time() < HOUR:
        today -= timedelta(days=1)
    if frequency == Frequency.DAILY:
        return Window(f"day:{today.isoformat()}", _moment(today, zone))
    if frequency == Frequency.WEEKLY:
        monday = today - timedelta(days=today.weekday())
        return Window(f"week:{monday.isoformat()}", _moment(monday, zone))
    if frequency == Frequency.FORTNIGHTLY:
        monday = today - timedelta(days=(today - FIRST_MONDAY).days % 14)
        return Window(f"fortnight:{monday.isoformat()}", _moment(monday, zone))
    if frequency == Frequency.MONTHLY:
        first = today.replace(day=1)
        return Window(f"month:{first:%Y-%m}", _moment(first, zone))
    raise ValueError(f"no window for {frequency}")


def beginning(frequency: Frequency, ends_at: datetime, last_end: datetime | None) -> datetime:
    """Return where a window begins: where the last letter ended, but never further back than REACH."""
    bound = ends_at - REACH[frequency]
    return bound if last_end is None or last_end < bound else min(last_end, ends_at)


def _moment(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, HOUR, tzinfo=zone).astimezone(UTC)
