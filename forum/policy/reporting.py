"""Who may report what came of a lesson, change that, and confirm a lesson on what others reported."""

from forum.infra.i18n import _
from forum.models.adoptions import AdoptionReport
from forum.models.foretellings import Foretelling
from forum.models.lessons import Lesson
from forum.policy.actions import YES, Answer, deny, may_edit_network, signed_in
from forum.policy.actors import Actor
from forum.policy.ending import stands
from forum.policy.measures import refusal_about


def may_report(actor: Actor | None, lesson: Lesson) -> Answer:
    """Report what came of a published lesson: who reads it and is more than a guest."""
    answer = signed_in(actor)
    if actor is None or not answer:
        return answer
    if not actor.is_full:
        return deny(_("Only members of the network can report; you are here as a guest."))
    return deny(why) if (why := refusal_about(actor, lesson.space_id)) else stands(lesson)


def may_change_report(actor: Actor | None, report: AdoptionReport) -> Answer:
    """Change a report, go on with it or take it back: who made it, of what they said last."""
    if actor is None or report.reporter_id != actor.id:
        return deny(_("Only the person who made a report can change it."))
    return YES if report.stands else deny(_("You reported again since: change what you said last."))


def may_go_on(actor: Actor | None, report: AdoptionReport, *, speaks: bool) -> Answer:
    """Say what became of what somebody reported: they, while they speak for the city of it (`speaks`)."""
    answer = may_change_report(actor, report)
    if not answer:
        return answer
    return YES if speaks else deny(_("You no longer speak for the city of this report."))


def may_withdraw(actor: Actor | None, foretelling: Foretelling) -> Answer:
    """Take back what somebody foretold: its author."""
    if actor is None or foretelling.author_id != actor.id:
        return deny(_("Only the person who foretold this can take it back."))
    return YES


def may_confirm(actor: Actor | None, lesson: Lesson, *, made: bool, reported: bool) -> Answer:
    """Confirm a lesson: an editor who did not make it and is not quoted in it (`made`), nor reported on it."""
    answer = may_edit_network(actor)
    if not answer:
        return answer
    if made:
        return deny(_("You have a part in this lesson: another editor confirms it."))
    if reported:
        return deny(_("You reported on this lesson: another editor confirms it."))
    return stands(lesson)
