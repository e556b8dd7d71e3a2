"""Who may say that their city wonders about a question of a lesson, too."""

from forum.infra.i18n import _
from forum.policy.actions import YES, Answer, deny, signed_in
from forum.policy.actors import Actor


def may_share(actor: Actor | None, city: str | None) -> Answer:
    """Say so: members of the network with a confirmed function in a city today, which is `city`."""
    if actor is None:
        return deny(_("Sign in to say that your city wonders about this too."))
    answer = signed_in(actor)
    if not answer:
        return answer
    if not actor.is_full:
        return deny(_("Only members of the network say this for their city; you are a guest here."))
    if city is None:
        return deny(_("You can say this once your function in a city is confirmed."))
    return YES
