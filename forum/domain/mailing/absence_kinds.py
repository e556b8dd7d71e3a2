"""What is told where nobody is there to moderate a space: rows of the table in `kinds.py`, in its order."""

from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy

ABSENCES = (
    Kind(
        "deputy_stands_in",
        lazy("You stand in for the moderators of a space"),
        ("stand_in.begun",),
        lazy("The deputy of a space, once, when none of its moderators is there from then on"),
        letters=("deputy_stands_in",),
    ),
    Kind(
        "space_unattended",
        lazy("For a day there was nobody for the moderation of a space"),
        ("space.unattended",),
        lazy("Administrators who see the space, once, as long as nobody is there"),
        letters=("space_unattended",),
    ),
)
