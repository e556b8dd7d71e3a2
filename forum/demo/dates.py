"""The dates of the demo: all of them move by the same whole weeks, so that what was said last is less than a week old.

Weekday and hour of the day stay as they are in the file, also where summer time begins or ends in between.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Europe/Brussels")
WEEK = timedelta(weeks=1)


def read(written: str) -> datetime:
    """Return a moment as the file has it; a day alone means nine in the morning."""
    if "T" in written:
        return datetime.fromisoformat(written).astimezone(HOME)
    return datetime.combine(date.fromisoformat(written), time(9), tzinfo=HOME)


def weeks_to(now: datetime, source: dict[str, Any]) -> timedelta:
    """Return the whole weeks by which the dates of the file move: the last event is then less than a week ago."""
    since = now.astimezone(HOME).replace(tzinfo=None) - max(events(source)).replace(tzinfo=None)
    return since // WEEK * WEEK


def events(source: dict[str, Any]) -> Iterator[datetime]:
    """Return when everything in the file happened; not when something should be looked at again."""
    for thread in source["threads"]:
        yield read(thread["created"])
        yield from (read(reply["created"]) for reply in thread["replies"])
    for lesson in source["lessons"]:
        for name in ("versions", "adoptions", "consents"):
            yield from (read(one["date"]) for one in lesson.get(name, ()))
