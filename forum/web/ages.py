"""How long ago the last post of a thread was, for the cards that name it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from forum.infra import clock, i18n
from forum.infra.i18n import _

QUIET_AFTER = timedelta(days=31)


class LastPost(NamedTuple):
    """When a thread had its last post, in words of today: they belong to the key of a kept fragment."""

    words: str
    is_quiet: bool


def last_post(at: datetime) -> LastPost:
    """Return when that was, in the reader's language and time zone, and whether it is more than a month ago."""
    if clock.now() - at <= QUIET_AFTER:
        return LastPost(i18n.recent_moment(at), False)
    return LastPost(_("silent since %(day)s", day=i18n.recent_day(at)), True)
