"""Days by the weekday on which they fall: of what is yet to come, and of what was a few days ago."""

from datetime import datetime

from babel.dates import format_date

from forum.infra import i18n

DAYS_OF_A_WEEK = 7


def named_day(value: datetime) -> str:
    """Return `Monday 8 December` of this year, or `Monday 8 December 2025`, in the reader's time zone."""
    weekday = format_date(i18n.local_day(value), "EEEE", locale=i18n.FORMATS[i18n.locale()])
    return f"{weekday} {i18n.short_day(value)}"


def past_day(value: datetime) -> str:
    """Return `today`, `yesterday`, `Monday` of the six days before, or what is older as `recent_day` does."""
    ago = (i18n.present_day() - i18n.local_day(value)).days
    if 1 < ago < DAYS_OF_A_WEEK:
        return str(format_date(i18n.local_day(value), "EEEE", locale=i18n.FORMATS[i18n.locale()]))
    return i18n.recent_day(value)
