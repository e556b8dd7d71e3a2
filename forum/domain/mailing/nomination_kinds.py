"""What members are told of threads that they nominated for a lesson: a part of the table in `kinds.py`."""

from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy

_NOMINATED = lazy("Who said that there is a lesson in it")
NOMINATION_CLOSED = Kind(
    "nomination_closed",
    lazy("What you nominated was closed"),
    ("nomination.closed",),
    _NOMINATED,
    undo=True,
)
NOMINATION_PUBLISHED = Kind(
    "nomination_published", lazy("What you nominated became a lesson"), ("lesson.published",), _NOMINATED
)
