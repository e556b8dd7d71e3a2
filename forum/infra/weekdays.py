"""A day with the weekday on which it falls, for what is yet to come."""

from datetime import datetime

from babel.dates import format_date

from forum.infra import i18n


def named_day(value: datetime) -> str:
    """Return `Monday 8 December` of this year, or `Monday 8 December 2025`, in the reader's time zone."""
    weekday = format_date(i18n.local_day(value), "EEEE", locale=i18n.FORMATS[i18n.locale()])
    return f"{weekday} {i18n.short_day(value)}"
