"""Who decides about what others wrote before it appears: moderators of its space, never about their own."""

from forum.infra.i18n import _
from forum.models.held import HeldPost
from forum.policy.actions import YES, Answer, deny, may_moderate
from forum.policy.actors import Actor


def may_choose_holding(actor: Actor | None, space_id: int) -> Answer:
    """Choose whose posts wait in a space, and which words are watched for there: its moderators."""
    return may_moderate(actor, space_id)


def may_decide(actor: Actor | None, held: HeldPost, space_id: int, *, is_deputy: bool) -> Answer:
    """Let something appear, or not: moderators of the space in which it would stand, who did not write it.

    While they are all away, the deputy (`is_deputy`).
    """
    answer = may_moderate(actor, space_id)
    if actor is None or not (answer or is_deputy):
        return answer
    return (
        deny(_("Somebody else decides about what you wrote yourself.")) if held.author_id == actor.id else YES
    )
