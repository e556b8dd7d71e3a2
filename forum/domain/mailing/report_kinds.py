"""What is told of applying lessons: rows of the table in `kinds.py`, in its order."""

from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy

_BEHIND = lazy("Who makes the lesson, and the authors whom it quotes")
_REPORTER = lazy("Who reported that it still runs")

REPORTS = (
    Kind(
        "applied",
        lazy("Another city applied a lesson of yours"),
        ("report.made",),
        _BEHIND,
        stop="applications",
    ),
    Kind(
        "lesson_confirmed",
        lazy("A lesson of yours is confirmed by other cities"),
        ("lesson.confirmed",),
        _BEHIND,
        stop="applications",
        undo=True,
    ),
    Kind(
        "ready_to_confirm",
        lazy("A lesson can be confirmed"),
        ("lesson.ready",),
        lazy("The editors of the network who neither make the lesson nor reported on it"),
        stop="reviews",
    ),
    Kind(
        "report_asked",
        lazy("How did it go on with a lesson that you applied?"),
        ("report.asked",),
        _REPORTER,
        stop="applications",
    ),
    Kind(
        "foretelling_due",
        lazy("What came of what you foretold?"),
        ("foretelling.due",),
        lazy("Who foretold it"),
        stop="applications",
    ),
)
