"""Whether somebody may take over what another held, and if not, why: said so that both of them may read it."""

from dataclasses import dataclass

from forum.infra.i18n import _
from forum.models.lessons import Lesson
from forum.policy.actions import YES, Answer, deny, may_moderate
from forum.policy.actors import Actor


@dataclass(frozen=True, slots=True)
class TakerFacts:
    """What a member is to a lesson that they would make from now on."""

    asked: bool = False  # by name to check the version in review, and they did not decline
    approved: bool = False  # a version of it


def may_take_lesson(actor: Actor | None, lesson: Lesson, facts: TakerFacts) -> Answer:
    """Make a lesson from now on: moderators of its space, but for who checks it or approved a version of it.

    Also where nobody else is left: its page would name them as both, and a space can get another moderator.
    """
    answer = may_moderate(actor, lesson.space_id)
    if not answer:
        return answer
    if facts.asked:
        return deny(
            _(
                "Who is asked by name to check a lesson cannot make it. They say first that they do not check it."
            )
        )
    if facts.approved:
        return deny(_("Who approved a version of a lesson cannot make it afterwards."))
    return answer


def may_take_review(*, is_able: bool, was_asked: bool) -> Answer:
    """Check a version that somebody else is asked to check: who can be asked for it, and was not yet."""
    if was_asked:
        return deny(_("Who was asked to check this version before cannot be asked again in this way."))
    return YES if is_able else deny(_("This person cannot check the lesson for these readers."))
