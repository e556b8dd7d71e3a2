"""How long somebody has to wait, in words: minutes, or hours where it is long; `Retry-After` has the seconds."""

from math import ceil

from forum.infra.i18n import ngettext

LONG = 90  # minutes


def in_words(seconds: float) -> str:
    """Return the sentence that says after how long it can be tried again."""
    minutes = max(1, ceil(seconds / 60))
    if minutes <= LONG:
        return ngettext("Try again in %(num)d minute.", "Try again in %(num)d minutes.", minutes)
    return ngettext("Try again in %(num)d hour.", "Try again in %(num)d hours.", ceil(minutes / 60))


def whole_seconds(seconds: float) -> int:
    """Return the value for `Retry-After`."""
    return max(1, ceil(seconds))
