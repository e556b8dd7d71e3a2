"""Who may decide something about a member in a space, and on what that member says against it."""

from forum.infra.i18n import _
from forum.models.measures import MeasureKind, SpaceMeasure
from forum.models.spaces import Role
from forum.policy.actions import YES, Answer, deny, may_moderate
from forum.policy.actors import Actor


def may_measure(actor: Actor | None, space_id: int, member_id: int, *, role: Role | None) -> Answer:
    """Warn, hold, mute or note: moderators of the space, never about themselves or another moderator (`role`).

    Roles in the network make no difference here: it is about one space only.
    """
    answer = may_moderate(actor, space_id)
    if actor is None or not answer:
        return answer
    if actor.id == member_id:
        return deny(_("Nobody decides about themselves."))
    if role == Role.MODERATOR:
        return deny(_("This person moderates the space, too: first change their role."))
    return YES


def may_object_to(actor: Actor | None, measure: SpaceMeasure, *, is_final: bool, is_made: bool) -> Answer:
    """Object: whom it is about, once, while it holds (`is_final`: it can no longer be undone)."""
    if actor is None or actor.id != measure.member_id:
        return deny(_("Only the person whom it is about can object."))
    if measure.kind == MeasureKind.WARN or measure.ended_at is not None or not is_final:
        return deny(_("There is nothing to object to."))
    return deny(_("You objected already. You hear what comes of it.")) if is_made else YES


def may_decide_on(actor: Actor | None, measure: SpaceMeasure, *, is_deputy: bool) -> Answer:
    """Decide on an objection: a moderator who did not take the decision, or the deputy (`is_deputy`).

    Never whom it is about.
    """
    answer = may_moderate(actor, measure.space_id)
    if not answer and not is_deputy:
        return answer
    if actor is not None and actor.id == measure.member_id:
        return deny(_("This is about you: somebody else decides."))
    if actor is not None and actor.id == measure.made_by_id:
        return deny(_("You decided this yourself: somebody else looks at the objection."))
    return YES
