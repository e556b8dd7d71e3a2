"""What a time zone is called: by its city, in the reader's language, with how far it is from UTC at this moment."""

from datetime import timedelta
from functools import lru_cache

from babel.dates import get_timezone_location

from forum.infra import clock, days, i18n


def zone_name(zone: str) -> str:
    """Return `Brussels (UTC+1)` for `Europe/Brussels`, as its clocks stand now."""
    offset = clock.now().astimezone(days.zone_of(zone)).utcoffset() or timedelta()
    hours, minutes = divmod(int(abs(offset).total_seconds()) // 60, 60)
    sign = "+" if offset >= timedelta() else "-"
    ahead = f"{sign}{hours}" + (f":{minutes:02}" if minutes else "") if offset else ""
    return f"{city_of(zone)} (UTC{ahead})"


def city_of(zone: str) -> str:
    """Return the city by which a time zone is known, in the reader's language."""
    return _city(zone, i18n.FORMATS[i18n.locale()])


@lru_cache(maxsize=1024)
def _city(zone: str, code: str) -> str:
    return str(get_timezone_location(days.zone_of(zone), locale=code, return_city=True))
