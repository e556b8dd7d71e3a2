"""Whether a published lesson still stands, and who may withdraw it, say what takes its place, and bring it back."""

from forum.infra.i18n import _
from forum.models.accounts import NetworkRole
from forum.models.lesson_steps import Ending
from forum.models.lessons import Lesson
from forum.policy.actions import YES, Answer, deny, may_edit_network, may_moderate
from forum.policy.actors import Actor


def stands(lesson: Lesson) -> Answer:
    """Return whether readers may still do something with a lesson, and else why not."""
    if lesson.current_id is None:
        return deny(_("This lesson is not published."))
    if lesson.ended_as == Ending.WITHDRAWN:
        return deny(_("This lesson is withdrawn."))
    return deny(_("Another lesson took the place of this one.")) if lesson.ended_as is not None else YES


def may_end(actor: Actor | None, lesson: Lesson) -> Answer:
    """Withdraw it, or say which other one takes its place: moderators of its space, and editors of the network."""
    edits = actor is not None and NetworkRole.EDITOR in actor.network_roles
    if not edits and not may_moderate(actor, lesson.space_id):
        return deny(_("Only a moderator of its space or an editor of the network can do this."))
    return YES if lesson.current_id is not None else deny(_("This lesson is not published."))


def may_bring_back(actor: Actor | None, lesson: Lesson) -> Answer:
    """Let it stand again as it was: editors of the network who do not make it.

    A new version does so as well, by whoever publishes it.
    """
    answer = may_edit_network(actor)
    if actor is None or not answer:
        return answer
    if actor.id == lesson.curator_id:
        return deny(_("You make this lesson: another editor lets it stand again, or a new version does."))
    return YES if lesson.ended_at is not None else deny(_("This lesson stands."))
