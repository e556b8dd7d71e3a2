"""What moderators decide about a member, in words: for moderators, and for the member themselves."""

from collections.abc import Mapping
from typing import Any

from forum.infra.i18n import lazy
from forum.models.measures import MeasureKind

KINDS: Mapping[MeasureKind, Any] = {
    MeasureKind.WARN: lazy("Warned"),
    MeasureKind.HOLD: lazy("All posts wait"),
    MeasureKind.MUTE: lazy("Muted"),
    MeasureKind.REMOVE: lazy("Removed from the space"),
}
TO_MEMBER: Mapping[MeasureKind, Any] = {
    MeasureKind.WARN: lazy("A word from a moderator"),
    MeasureKind.HOLD: lazy("What you write waits until a moderator lets it appear"),
    MeasureKind.MUTE: lazy("You can read, and not write"),
    MeasureKind.REMOVE: lazy("You no longer belong to the space"),
}
