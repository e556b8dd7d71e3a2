"""The life of a lesson as a table: which step leads from where to where, who may take it, and what must hold.

Readers keep the version that they have, whatever becomes of the next one. Every verb that takes a step begins it here,
which asks all that, and finishes it with a line of the log (`steps`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from forum.domain.lessons import (
    audiences,
    completeness,
    confirmers,
    consent_checks,
    held,
    making,
    review_candidates,
    review_checklist,
    review_comments,
    steps,
    weakened,
)
from forum.domain.lessons import reviews as lesson_reviews
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.disputes import CounterEvidence
from forum.models.lesson_steps import Stage, StepKind
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.models.spaces import Audience
from forum.models.undo import UndoableAct
from forum.policy.actions import YES, Answer, deny, may_edit_network, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.ageing import may_affirm
from forum.policy.disputing import may_decide
from forum.policy.ending import may_bring_back, may_end
from forum.policy.errors import Conflict, Invalid
from forum.policy.holding import may_edit_draft, may_name_deputy


@dataclass(frozen=True, slots=True)
class Move:
    """A step that somebody wants to take with a lesson that is locked, and what they said about it.

    Without an actor it is the forum that takes it.
    """

    actor: Actor | None
    lesson: Lesson
    audience: Audience = Audience.SPACE
    asked_id: int | None = None  # who is asked to check it
    read: int | None = None  # the sequence of the version that stood on their page
    act: UndoableAct | None = None  # what the actor did a moment ago and undoes
    evidence: CounterEvidence | None = None  # what is decided on, or answered

    @property
    def version(self) -> LessonVersion:
        """The version that is being made; it is there at every stage but the first and the last."""
        return db.session.get_one(LessonVersion, self.lesson.working_id)


class Transition(NamedTuple):
    """One row of the table. Without `after` it stays where it is, or its verb says what is left."""

    before: frozenset[Stage]
    after: Stage | None
    who: Callable[[Move], Answer]
    guards: tuple[Callable[[Move], object], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step that may be taken: its verb does the work, and finishes it."""

    kind: StepKind
    move: Move
    before: Stage

    def finish(self, *, after: Stage | None = None, reason: str = "") -> None:
        """Put the lesson where the step leads, or `after`, and write it down."""
        reached = TABLE[self.kind].after or after or self.before
        if reached in STATES:
            self.move.lesson.state = STATES[reached]
        actor, lesson = self.move.actor, self.move.lesson
        if reached in (PUBLISHED, Stage.NONE):
            held.let_go(lesson)
        elif reached == DRAFT != self.before:  # nobody could work on it until now
            held.hold(lesson)
        steps.record(actor, lesson, self.kind, before=self.before, after=reached, reason=reason)


def begin(kind: StepKind, move: Move) -> Step:
    """Ask the table whether a step may be taken now; Forbidden, Conflict, Invalid at the field that is wrong."""
    row, before = TABLE[kind], steps.stage_of(move.lesson)
    require(row.who(move))
    if before not in row.before:
        raise Conflict(_("Somebody else was first: the lesson has moved on. Open it again."))
    for guard in row.guards:
        guard(move)
    return Step(kind, move, before)


def _forum(move: Move) -> Answer:
    return YES if move.actor is None else deny("")


def _moderates(move: Move) -> Answer:
    return may_moderate(move.actor, move.lesson.space_id)


def _makes(move: Move) -> Answer:
    return making.answer(move.actor, move.lesson)


def _edits(move: Move) -> Answer:
    return may_edit_draft(move.actor, move.lesson)


def _shares(move: Move) -> Answer:
    return may_name_deputy(move.actor, move.lesson)


def _reviews(move: Move) -> Answer:
    if move.actor is None:
        return deny("")
    return lesson_reviews.answer_for(move.actor, move.lesson, move.version)


def _confirms(move: Move) -> Answer:
    return confirmers.answer(move.actor, move.lesson)


def _undoes_confirmation(move: Move) -> Answer:
    return may_edit_network(move.actor) if _did(move) else deny("")


def _undoes_end(move: Move) -> Answer:
    return may_end(move.actor, move.lesson) if _did(move) else deny("")


def _did(move: Move) -> bool:
    """Whether what is undone was done by the actor, to this lesson."""
    if move.actor is None or move.act is None:
        return False
    return (move.act.actor_id, move.act.before["lesson_id"]) == (move.actor.id, move.lesson.id)


def _ends(move: Move) -> Answer:
    return may_end(move.actor, move.lesson)


def _brings_back(move: Move) -> Answer:
    lesson = move.lesson
    renewed = lesson.ended_at and lesson.changed_at and lesson.changed_at >= lesson.ended_at
    return YES if renewed and _has_published(move) else may_bring_back(move.actor, lesson)


def _affirms(move: Move) -> Answer:
    return may_affirm(move.actor, move.lesson)


def _decides(move: Move) -> Answer:
    return may_decide(move.actor, move.lesson, move.evidence) if move.evidence else deny("")


def _settles(move: Move) -> Answer:
    # A new version that says what it did with it, by whoever published that, or a moderator.
    answered = move.evidence is not None and move.evidence.next_answer and _has_published(move)
    return YES if answered else _decides(move)


def _has_published(move: Move) -> bool:
    return move.actor is not None and move.lesson.published_by_id == move.actor.id


def _is_complete(move: Move) -> None:
    missing = completeness.missing_fields(move.version, completeness.claims_of(move.version.id))
    if missing:
        raise Invalid(missing[0].field, missing[0].sentence)


def _may_have_readers(move: Move) -> None:
    audiences.refuse(move.lesson, move.audience)


def _has_consents(move: Move) -> None:
    consent_checks.refuse_unready(move.version, move.audience)


def _keeps_consents(move: Move) -> None:
    consent_checks.refuse_gone(move.lesson)


def _can_be_asked(move: Move) -> None:
    if move.actor is not None:
        asking = review_candidates.Asking(move.actor, move.lesson, move.version)
        asking.check(move.audience, move.asked_id)


def _is_as_read(move: Move) -> None:
    if move.read not in (None, move.version.sequence):  # sent again with another text, while they read
        raise Conflict(_("This lesson changed after you opened its page. Read it again."))


def _keeps_words(move: Move) -> None:
    weakened.refuse_bare(move.lesson, move.version.id)


def _is_checked(move: Move) -> None:
    if move.actor is not None:
        review_checklist.recognition(move.actor, move.version)


def _has_no_open_comments(move: Move) -> None:
    review_comments.refuse_open(move.lesson)


DRAFT, ASKING, IN_REVIEW, PUBLISHED = Stage.DRAFT, Stage.ASKING, Stage.IN_REVIEW, Stage.PUBLISHED
MAKING = frozenset({DRAFT, ASKING, IN_REVIEW})
ALIVE = MAKING | {PUBLISHED}
TO_ASK = (_may_have_readers, _is_complete)
TO_SUBMIT = (_may_have_readers, _is_complete, _has_consents, _can_be_asked)
TO_PUBLISH = (_is_as_read, _keeps_consents, _has_consents, _keeps_words, _is_checked, _has_no_open_comments)
TABLE: dict[StepKind, Transition] = {
    StepKind.BEGIN: Transition(frozenset({Stage.NONE}), DRAFT, _moderates),
    StepKind.ASK_AUTHORS: Transition(frozenset({DRAFT}), ASKING, _edits, TO_ASK),
    StepKind.TAKE_QUESTION_BACK: Transition(frozenset({ASKING}), DRAFT, _moderates),
    StepKind.CLOSE_QUESTION: Transition(frozenset({ASKING}), DRAFT, _forum),
    StepKind.SUBMIT: Transition(frozenset({DRAFT}), IN_REVIEW, _edits, TO_SUBMIT),
    StepKind.ASK_BACK: Transition(frozenset({IN_REVIEW}), DRAFT, _moderates),
    StepKind.RETURN: Transition(frozenset({IN_REVIEW}), DRAFT, _reviews, (_is_as_read,)),
    StepKind.PUBLISH: Transition(frozenset({IN_REVIEW}), PUBLISHED, _reviews, TO_PUBLISH),
    StepKind.REVISE: Transition(frozenset({PUBLISHED}), DRAFT, _makes),
    StepKind.DISCARD: Transition(frozenset({DRAFT}), None, _edits),
    StepKind.TAKE_OVER: Transition(MAKING, None, _makes),
    StepKind.CONFIRM: Transition(ALIVE, None, _confirms),
    StepKind.UNDO_CONFIRM: Transition(ALIVE, None, _undoes_confirmation),
    StepKind.UNCONFIRM: Transition(ALIVE, None, _forum),
    StepKind.NAME_DEPUTY: Transition(MAKING, None, _shares),
    StepKind.END_DEPUTY: Transition(MAKING, None, _shares),
    StepKind.WITHDRAW: Transition(ALIVE, None, _ends),
    StepKind.SUPERSEDE: Transition(ALIVE, None, _ends),
    StepKind.UNDO_END: Transition(ALIVE, None, _undoes_end),
    StepKind.BRING_BACK: Transition(ALIVE, None, _brings_back),
    StepKind.AFFIRM: Transition(ALIVE, None, _affirms),
    StepKind.FALL_DUE: Transition(ALIVE, None, _forum),
    StepKind.DISPUTE: Transition(ALIVE, None, _decides),
    StepKind.DECLINE_EVIDENCE: Transition(ALIVE, None, _decides),
    StepKind.SETTLE: Transition(ALIVE, None, _settles),
    StepKind.TAKE_OUT: Transition(ALIVE, None, _forum),
}
STATES = {
    DRAFT: LessonState.DRAFT,
    ASKING: LessonState.DRAFT,
    IN_REVIEW: LessonState.IN_REVIEW,
    PUBLISHED: LessonState.PUBLISHED,
}
