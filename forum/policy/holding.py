"""Who has a draft in hand: its curator, and the deputy whom they named; and when somebody else may take it over."""

from datetime import date

from forum.infra import i18n
from forum.infra.i18n import _
from forum.models.lessons import Lesson, LessonState
from forum.policy.actions import YES, Answer, deny, may_moderate
from forum.policy.actors import Actor


def holds(actor: Actor | None, lesson: Lesson) -> bool:
    """Return whether a draft is theirs to work on, whatever else keeps them from writing in it now."""
    is_theirs = actor is not None and actor.id in (lesson.curator_id, lesson.deputy_id)
    return is_theirs and bool(may_moderate(actor, lesson.space_id))


def may_edit_draft(actor: Actor | None, lesson: Lesson) -> Answer:
    """Write in a draft: its curator and their deputy, while it is not in review and nobody is asked about it."""
    answer = may_moderate(actor, lesson.space_id)
    if not answer:
        return answer
    if not holds(actor, lesson):
        return deny(_("Somebody else has this draft in hand."))
    if lesson.round_id is not None:
        return deny(_("The authors of its excerpts are being asked for permission: its text stays as it is."))
    if lesson.state == LessonState.IN_REVIEW:
        return deny(_("This version is being reviewed."))
    return YES if lesson.working_id is not None else deny(_("There is no draft to work on."))


def may_name_deputy(actor: Actor | None, lesson: Lesson) -> Answer:
    """Say who else works on a draft: its curator alone."""
    answer = may_moderate(actor, lesson.space_id)
    if not answer:
        return answer
    if actor is None or actor.id != lesson.curator_id:
        return deny(_("Only the person who has this draft in hand can name a deputy."))
    return YES if lesson.working_id is not None else deny(_("There is no draft to work on."))


def may_take_up(actor: Actor | None, lesson: Lesson, today: date, *, is_left: bool) -> Answer:
    """Take a draft over without being offered it: moderators of its space, once nobody worked on it for long enough.

    `is_left`: its curator moderates the space no more, so that it waits for nobody.
    """
    answer = may_moderate(actor, lesson.space_id)
    if not answer:
        return answer
    if lesson.working_id is None or lesson.state != LessonState.DRAFT or lesson.round_id is not None:
        return deny(_("This is not a draft that somebody works on now."))
    if not is_left and lesson.held_until is not None and today < lesson.held_until:
        return deny(_("You can take this over from %(day)s.", day=i18n.day(lesson.held_until)))
    return YES
