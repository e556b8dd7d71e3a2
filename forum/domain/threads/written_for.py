"""For whom a reply was written: what its form said of who reads the thread holds, or its writer looks again first."""

from typing import Any

from forum.infra.i18n import _
from forum.models.spaces import Audience
from forum.models.threads import Thread
from forum.policy.errors import Invalid


def readers_of(thread: Any) -> str:
    """Return what the form of a reply in a thread, or on the page of one, carries of its readers."""
    return f"{thread.space_id}.{Audience(thread.audience).value}"


def is_wider(thread: Thread, readers: str | None) -> bool:
    """Return whether somebody could read a locked thread who could not by what the form of a reply said.

    A form that carries nothing, as of a page from before, says nothing of it.
    """
    space_id, _dot, code = (readers or "").partition(".")
    if code not in set(Audience):
        return False
    return space_id != str(thread.space_id) or Audience(thread.audience).rank > Audience(code).rank


def require_read(stands: bool, field: str = "body") -> None:
    """Do nothing where such words stand already; Invalid at `field` for who writes to look who reads it now."""
    if not stands:
        raise Invalid(
            field,
            _("Other people can read this thread than when you began. Look who they are, and post it again."),
        )
