"""Why fewer people read what others wrote: whoever lets that happen says so, and it stands in the log of the space."""

from forum.domain.lines import clean_reason
from forum.domain.threads import post_store
from forum.infra.i18n import _
from forum.models.moderation import ModerationAction
from forum.models.spaces import Audience
from forum.models.threads import Thread
from forum.policy.actors import Actor


def is_asked(actor: Actor, thread: Thread, audience: Audience) -> bool:
    """Return whether the actor says why what stands in a thread gets that audience: fewer read what others wrote."""
    return audience.rank < thread.audience.rank and not is_alone(actor, thread)


def is_alone(actor: Actor, thread: Thread) -> bool:
    """Return whether nobody but the actor took part in a thread, which is theirs."""
    return thread.author_id == actor.id and not post_store.others_took_part(thread)


def cleaned(reason: str) -> str:
    """Return a reason that was asked, as the log keeps it; Invalid at `reason`."""
    missing = _("Say why: the author reads it.")
    return clean_reason(reason, limit=ModerationAction.REASON_MAX, missing=missing)
