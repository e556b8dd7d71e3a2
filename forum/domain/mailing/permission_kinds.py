"""What members are told of questions about their text: a part of the table in `kinds.py`."""

from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy

_AUTHORS = lazy("The authors who were asked")
PERMISSION = (
    Kind(
        "permission_asked",
        lazy("You are asked whether your text may stand in a lesson"),
        ("consent_round.opened", "consent_round.reminded"),
        lazy("The authors of the text; later those who have not said yes"),
        letters=("consent_request", "consent_reminder"),
    ),
    Kind(
        "permission_withdrawn",
        lazy("A question about your text was taken back"),
        ("consent_round.withdrawn",),
        _AUTHORS,
        letters=("consent_withdrawn",),
    ),
    Kind(
        "permission_closed",
        lazy("The question to the authors is closed"),
        ("consent_round.closed",),
        lazy("Who makes the lesson, and who asked"),
        stop="own_lessons",
        letters=("consent_closed",),
    ),
)
