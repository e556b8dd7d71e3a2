"""Fields in which people type text: their direction, and what they tell the script that counts."""

from typing import Any

from forum.domain.lessons import word_limits
from forum.domain.lines import TOO_LONG
from forum.infra import i18n, text
from forum.infra.i18n import _
from forum.models.claims import Claim
from forum.models.lessons import LessonVersion
from forum.models.moderation import ModerationAction

ROW = 60  # characters in a row of a field, about
# Of the fields that a template draws by itself, because its page has several of them.
REASON_MAX, CLAIM_MAX, LESSON_TITLE_MAX = ModerationAction.REASON_MAX, Claim.TEXT_MAX, LessonVersion.TITLE_MAX


def attributes(limit: int, kept: str = "line") -> dict[str, Any]:
    """Return the attributes of a field that takes `limit` characters; `kept` as in `forms.fields.KEPT`."""
    words = _("%(length)s of %(limit)s characters")
    if kept == "items":
        words = _("the longest line has %(length)s of %(limit)s characters")
    return {
        "dir": "auto",
        "data-limit": limit,
        "data-kept": kept,
        "data-near": words,
        "data-over": str(TOO_LONG),
    }


def of_field(field: Any) -> dict[str, Any]:
    """Return the attributes of a form field, none for one whose class sets no limit."""
    return attributes(field.flags.limit, field.flags.kept) if field.flags.limit else {}


def grown(words: str, least: int = 2) -> int:
    """Return how many rows a field that grows begins with, where the browser does not make it grow itself."""
    return max(least, sum(1 + len(line) // ROW for line in words.splitlines()))


def counted(words: str, unit: str, most: int) -> dict[str, Any]:
    """Return what stands below a field about its length, in "signs" or "words", for the page and for the script.

    Of signs it always says how many there are; of words only how many there are too many.
    """
    length = len(text.one_line(words)) if unit == "signs" else word_limits.count(words)
    within, over, one = "", _("%(num)s words too many"), _("1 word too many")
    if unit == "signs":
        within = _("%(num)s of %(most)s characters.")
        over, one = _("%(num)s characters too many"), _("1 character too many")
    form = within if length <= most else one if length == most + 1 else over
    filled = {"%(num)s": i18n.number(length if length <= most else length - most), "%(most)s": str(most)}
    for name, value in filled.items():
        form = form.replace(name, value)
    return {"said": form, "is_over": length > most, "within": within, "over": over, "one": one}


def rows(words: str) -> int:
    """Return how many rows a text to read and copy takes in its field, so that nobody has to scroll in it."""
    return max(3, sum(1 + len(line) // ROW for line in words.splitlines()))
