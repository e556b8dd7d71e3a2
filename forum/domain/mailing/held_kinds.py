"""What authors are told of posts that waited for a moderator: a part of the table in `kinds.py`."""

from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy

_AUTHOR = lazy("Who wrote it")
HELD = (
    Kind("post_appeared", lazy("Your post appeared"), ("held_post.approved",), _AUTHOR),
    Kind("post_refused", lazy("Your post did not appear"), ("held_post.refused",), _AUTHOR, undo=True),
)
