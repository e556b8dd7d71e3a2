"""Who may bring counter-evidence against a claim of a published lesson, decide on it, reply to it, and end it."""

from forum.infra.i18n import _
from forum.models.disputes import CounterEvidence
from forum.models.lessons import Lesson
from forum.policy.actions import YES, Answer, deny, may_moderate, signed_in
from forum.policy.actors import Actor
from forum.policy.ending import stands
from forum.policy.holding import may_edit_draft
from forum.policy.measures import refusal_about


def may_dispute(actor: Actor | None, lesson: Lesson, *, is_note: bool) -> Answer:
    """Bring counter-evidence, also as a guest: whoever reads a published lesson and takes part in the network.

    `is_note`: it is the note of a discussion, which claims nothing.
    """
    answer = signed_in(actor)
    if actor is None or not answer:
        return answer
    if why := refusal_about(actor, lesson.space_id):
        return deny(why)
    if is_note:
        return deny(_("This is the note of a discussion: it has positions, and claims nothing."))
    return stands(lesson)


def knows_of(actor: Actor | None, lesson: Lesson, evidence: CounterEvidence) -> bool:
    """Return whether the actor reads this evidence: accepted, who reads the lesson; else its author and makers."""
    if evidence.accepted:
        return True
    return actor is not None and (
        actor.id == evidence.author_id or bool(may_moderate(actor, lesson.space_id))
    )


def may_decide(actor: Actor | None, lesson: Lesson, evidence: CounterEvidence) -> Answer:
    """Accept or decline it: a moderator of the lesson's space who did not bring it."""
    answer = may_moderate(actor, lesson.space_id)
    if actor is None or not answer:
        return answer
    if actor.id == evidence.author_id:
        return deny(_("You brought this evidence: another moderator decides on it."))
    return YES


def may_take_evidence_back(actor: Actor | None, evidence: CounterEvidence) -> Answer:
    """Take it back: its author, before it is decided on."""
    if actor is None or actor.id != evidence.author_id:
        return deny(_("Only the person who brought this evidence can take it back."))
    if evidence.decided_at is not None:
        return deny(_("A moderator decided on this evidence already."))
    return YES


def may_reply_to(actor: Actor | None, evidence: CounterEvidence, *, behind: bool) -> Answer:
    """Reply to it, and change that: who is `behind` the claim and did not bring it, while the dispute is open."""
    if actor is None or not behind or actor.id == evidence.author_id:
        return deny(
            _("Only the people whom this claim quotes, and the person who makes the lesson, can reply.")
        )
    if not evidence.accepted or evidence.ended_at is not None:
        return deny(_("This dispute is not open."))
    return YES


def may_turn_down(
    actor: Actor | None, lesson: Lesson, evidence: CounterEvidence, *, own_case: bool
) -> Answer:
    """Decline it, or end its dispute: who may decide on it, unless it is their `own_case` (`lessons.own_cases`)."""
    answer = may_decide(actor, lesson, evidence)
    if answer and own_case:
        return deny(_("It speaks against what you made or said: another moderator of this space decides."))
    return answer


def may_answer_in_draft(actor: Actor | None, lesson: Lesson, evidence: CounterEvidence) -> Answer:
    """Say what the version that is being made does with it: who may write in that, while the dispute is open."""
    if not evidence.accepted or evidence.ended_at is not None:
        return deny(_("This dispute is not open."))
    return may_edit_draft(actor, lesson)
