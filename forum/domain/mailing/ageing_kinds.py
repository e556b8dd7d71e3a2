"""What is told of a lesson that gets older: rows of the table in `kinds.py`, in its order."""

from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy

_MODERATORS = lazy("The moderators of the space")

AGEING = (
    Kind(
        "still_true",
        lazy("Does a lesson of yours still hold?"),
        ("lesson.ageing",),
        lazy("Who makes the lesson; the moderators of the space if they no longer moderate it"),
        stop="own_lessons",
    ),
    Kind(
        "overdue",
        lazy("A lesson of your space is due for another look"),
        ("lesson.overdue",),
        _MODERATORS,
        stop="own_lessons",
    ),
    Kind(
        "signalled",
        lazy("Somebody says that a lesson no longer holds"),
        ("lesson.signalled",),
        _MODERATORS,
        stop="own_lessons",
    ),
    Kind(
        "lesson_ended",
        lazy("A lesson that you have a part in is withdrawn or superseded"),
        ("lesson.ended",),
        lazy(
            "Who makes the lesson, is quoted in it, reported on it, contradicted it, said that it no longer holds, or "
            "has it in a cahier"
        ),
        stop="applications",
        undo=True,
    ),
    Kind(
        "signal_answered",
        lazy("The makers looked at a lesson again"),
        ("signal.answered",),
        lazy("Who said that something in it no longer holds"),
        stop="applications",
    ),
)
