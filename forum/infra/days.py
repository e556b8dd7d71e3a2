"""Calendar days: on which day a moment falls, for a member or the forum. Nothing else takes a moment's date."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import current_app, has_app_context

from forum.infra import clock


def today(zone_name: str | None = None) -> date:
    """Return the present day of whoever has that time zone; without one that of the forum, for what many people see."""
    return day_of(clock.now(), zone_name)


def day_of(moment: datetime, zone_name: str | None = None) -> date:
    """Return the day on which a moment falls in that time zone; without one in that of the forum."""
    return moment.astimezone(zone_of(zone_name)).date()


def late(day: date) -> int:
    """Return for how many days a day of the forum is over; 0 today, and for one that is to come."""
    return max((today() - day).days, 0)


def end_of(day: date) -> datetime:
    """Return the moment at which a day of the forum is over."""
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone_of(None))


def zone_of(name: str | None) -> ZoneInfo:
    """Return the time zone with that name; that of the forum without one, or for one that this machine lacks."""
    return (_zone(name) if name else None) or _zone(forum_zone()) or ZoneInfo("UTC")


def forum_zone() -> str:
    """Return the name of the time zone of the forum."""
    return str(current_app.config.get("TIMEZONE", "UTC")) if has_app_context() else "UTC"


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
