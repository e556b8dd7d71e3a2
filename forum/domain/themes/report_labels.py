"""The names of why somebody reports a post, and of what became of it."""

from collections.abc import Mapping
from typing import Any

from forum.infra.i18n import lazy
from forum.models.post_reports import ReportOutcome, ReportReason

REASONS: Mapping[str, Any] = {
    ReportReason.IDENTIFIES: lazy("Somebody can be recognised"),
    ReportReason.HURTFUL: lazy("Hurtful"),
    ReportReason.WRONG: lazy("Not correct"),
    ReportReason.OFF_TOPIC: lazy("Off topic"),
    ReportReason.SPAM: lazy("Advertising or spam"),
    ReportReason.OTHER: lazy("Something else"),
}
OUTCOMES: Mapping[str, Any] = {
    ReportOutcome.HIDDEN: lazy("The post was hidden."),
    ReportOutcome.ASKED: lazy("Its author is asked to change it."),
    ReportOutcome.LEFT: lazy("It stays as it is."),
    ReportOutcome.TAKEN_BACK: lazy("Its author took the post back."),
}
