"""Who may split a thread, and merge one into another: moderators of the space of both; never what they wrote."""

from forum.infra.i18n import _
from forum.models.threads import Thread
from forum.policy.actions import YES, Answer, deny, may_moderate
from forum.policy.actors import Actor
from forum.policy.regrouping import ARCHIVED


def may_split(actor: Actor | None, thread: Thread) -> Answer:
    """Let posts go to or from a thread: moderators of its space, while it is not hidden or archived."""
    answer = may_moderate(actor, thread.space_id)
    if answer and (thread.hidden_at is not None or thread.withdrawn_at is not None):
        return deny(_("The opening post is hidden. Show it again first: its replies would come into sight."))
    return deny(str(ARCHIVED)) if answer and thread.archived_at is not None else answer


def may_take_along(actor: Actor, author_id: int) -> Answer:
    """Let a post of this author go to another thread: never one's own.

    It may be reported, which its author does not learn: so the answer is the same for all that they wrote.
    """
    if author_id == actor.id:
        return deny(_("You do not move your own posts: another moderator of this space can."))
    return YES
