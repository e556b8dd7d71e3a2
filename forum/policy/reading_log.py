"""Who reads the log of a space without names and reasons."""

from forum.infra.i18n import _
from forum.policy.actions import YES, Answer, deny
from forum.policy.actors import Actor
from forum.policy.standing import FULL


def may_read_log(actor: Actor | None, space_id: int) -> Answer:
    """Read what was done in a space, without names: its members, and not who is a guest there for a while."""
    if actor is not None and actor.roles.get(space_id) in FULL:
        return YES
    return deny(_("Only the members of this space can read its log."))
