"""Which backups are kept: the newest of each of the last days, weeks and months that have one."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from forum.infra import days

DAILY, WEEKLY, MONTHLY = 7, 5, 12
NAMED = re.compile(r"leerkring-(\d{8}T\d{6}Z)\.backup")
LIKE = "leerkring-%.backup"  # the same for a database
MOMENT = "%Y%m%dT%H%M%SZ"
APART = timedelta(minutes=5)  # so far the clocks of two machines may be apart


def name_at(moment: datetime) -> str:
    """Return the name of a backup that is made at that moment."""
    return f"leerkring-{moment.astimezone(UTC).strftime(MOMENT)}.backup"


def moment_of(name: str) -> datetime | None:
    """Return when a backup of this name was made; None for a name that is not one of ours."""
    found = NAMED.fullmatch(name)
    try:
        return datetime.strptime(found[1], MOMENT).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def ahead(names: Iterable[str], now: datetime) -> set[str]:
    """Return the names of backups that say they were made after `now`: what a wrong clock made, or a slip.

    They count for nothing: otherwise one of them would hide, and push out, all that are made from now on.
    """
    return {name for name in names if (moment := moment_of(name)) and moment > now + APART}


def outdated(names: Iterable[str], *, just_made: str, zone: str | None = None) -> set[str]:
    """Return those of `names` that need not be kept; never `just_made`, and no name that is not one of ours.

    Days, weeks (from Monday on) and months are those of `zone`; without one of the forum.
    """
    ours = sorted((moment, name) for name in names if (moment := moment_of(name)))
    by_day: dict[date, str] = {}
    by_week: dict[tuple[int, int], str] = {}
    by_month: dict[tuple[int, int], str] = {}
    for moment, name in ours:  # a later one takes the place of an earlier one
        that_day = days.day_of(moment, zone)
        by_day[that_day] = name
        by_week[that_day.isocalendar()[:2]] = name
        by_month[that_day.year, that_day.month] = name
    kept = {just_made}
    kept |= {by_day[period] for period in sorted(by_day)[-DAILY:]}
    kept |= {by_week[period] for period in sorted(by_week)[-WEEKLY:]}
    kept |= {by_month[period] for period in sorted(by_month)[-MONTHLY:]}
    return {name for _moment, name in ours} - kept
