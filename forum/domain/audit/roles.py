"""As what somebody acts, where the act itself does not say it."""

from forum.models.accounts import NetworkRole
from forum.models.moderation import Action, ActorRole
from forum.models.spaces import Role
from forum.policy.actors import Actor

OF_NETWORK = {
    Action.SUSPEND: ActorRole.ADMINISTRATOR,
    Action.READMIT: ActorRole.ADMINISTRATOR,
    Action.CAHIER: ActorRole.EDITOR,
}
# Whoever does these to somebody else's post and moderates nothing there is the deputy of its space.
OF_DEPUTIES = {
    *(Action.HIDE, Action.RESTORE, Action.KEEP_HIDDEN),
    *(Action.SETTLE_REPORT, Action.REOPEN_REPORT, Action.ASK_CHANGE),
    *(Action.END_MEASURE, Action.KEEP_MEASURE),
    *(Action.APPROVE_POST, Action.REFUSE_POST, Action.HOLD_AGAIN),
    *(Action.KEEP_LEFT_OUT, Action.LIFT_LEAVING_OUT),
}


def role_of(actor: Actor | None, action: Action, *, space_id: int | None, author_id: int | None) -> ActorRole:
    """Return the role in which the actor does something at this moment; None is the forum itself.

    `author_id` is the author of the post or thread that it is done to.
    """
    if actor is None:
        return ActorRole.FORUM
    if action in OF_NETWORK:
        return OF_NETWORK[action]
    if space_id is not None and actor.roles.get(space_id) == Role.MODERATOR:
        return ActorRole.MODERATOR
    if author_id == actor.id:
        return ActorRole.AUTHOR
    if action in OF_DEPUTIES:
        return ActorRole.DEPUTY
    for network_role, role in (
        (NetworkRole.ADMIN, ActorRole.ADMINISTRATOR),
        (NetworkRole.EDITOR, ActorRole.EDITOR),
    ):
        if network_role in actor.network_roles:
            return role
    # Of what belongs to no space, such as a capacity, and to nobody but themselves.
    return ActorRole.AUTHOR if space_id is None else ActorRole.MODERATOR
