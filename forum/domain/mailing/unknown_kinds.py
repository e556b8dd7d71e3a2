"""What members are told of the questions that they share: a part of the table in `kinds.py`."""

from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy

ANSWERED = Kind(
    "unknown_answered",
    lazy("A question that you share is answered"),
    ("lesson.published",),
    lazy("Who said that their city wonders about it too"),
    stop="unknowns",
)
