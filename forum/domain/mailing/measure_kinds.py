"""What somebody is told of what moderators of a space decided about them: rows of the table in `kinds.py`."""

from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy

_WHO = lazy("Whom it is about")
MEASURES = (
    Kind("measure_warned", lazy("A moderator wants to tell you something"), ("member.warned",), _WHO),
    Kind(
        "measure_taken",
        lazy("A moderator decided about what you write"),
        ("measure.taken",),
        _WHO,
        undo=True,
    ),
    Kind("measure_ended", lazy("What a moderator decided about you ended"), ("measure.ended",), _WHO),
    Kind("measure_kept", lazy("What a moderator decided about you stays"), ("measure.kept",), _WHO),
)
