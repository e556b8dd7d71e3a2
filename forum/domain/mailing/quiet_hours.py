"""Between which hours of their own day no notice leaves for a member: pure, on a moment and a time zone."""

from datetime import datetime, timedelta

from forum.infra import days


def leaves_at(moment: datetime, *, zone: str | None, from_hour: int, until_hour: int) -> datetime:
    """Return the moment itself, or the end of the quiet hours that it falls in; these may pass midnight."""
    local = moment.astimezone(days.zone_of(zone))
    if from_hour < until_hour:
        is_quiet = from_hour <= local.hour < until_hour
    else:
        is_quiet = local.hour >= from_hour or local.hour < until_hour
    if not is_quiet:
        return moment
    day = days.day_of(moment, zone)
    if local.hour >= until_hour:
        day += timedelta(days=1)
    end = datetime(day.year, day.month, day.day, until_hour, tzinfo=local.tzinfo)
    return max(end.astimezone(moment.tzinfo), moment)
