"""Where moderators of a space decided something about a member: what they may not do there, in a sentence for them.

Only in that space, and never against who moderates it. What they may read, and what is theirs by right, stays as it is:
taking their own words back, answering whether they may be quoted, reporting a post, and objecting.
"""

from forum.infra.i18n import _, day
from forum.models.spaces import Role
from forum.policy.actors import Actor


def refusal(actor: Actor, space_id: int) -> str:
    """Return why the actor may not write in a space now, until when, and where they read more; empty where they may."""
    last_day = actor.muted.get(space_id)
    if last_day is None or actor.roles.get(space_id) == Role.MODERATOR:
        return ""
    return _(
        "Up to and including %(day)s you can read this space, and not write in it. Why, and whom you can turn to, "
        "stands under “About your posts” in your settings.",
        day=day(last_day),
    )


def is_held(actor: Actor, space_id: int) -> bool:
    """Return whether all that the actor writes in a space waits for a moderator."""
    return space_id in actor.held and actor.roles.get(space_id) != Role.MODERATOR


def refusal_unseen(actor: Actor, space_id: int) -> str:
    """Return the same of what cannot wait for a moderator; empty where they may."""
    if why := refusal(actor, space_id):
        return why
    if not is_held(actor, space_id):
        return ""
    return _("In this space a moderator looks at what you write first. Say this in a reply to a thread.")


def refusal_about(actor: Actor, space_id: int) -> str:
    """Return the same of something about a lesson of a space; empty for who does not belong to it.

    Where a masked lesson comes from is not theirs to learn.
    """
    return refusal_unseen(actor, space_id) if space_id in actor.roles else ""
