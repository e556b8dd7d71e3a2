"""Fields in which people type text: their direction, and what they tell the script that counts."""

from typing import Any

from forum.domain.lines import TOO_LONG
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


def rows(words: str) -> int:
    """Return how many rows a text to read and copy takes in its field, so that nobody has to scroll in it."""
    return max(3, sum(1 + len(line) // ROW for line in words.splitlines()))
