"""Taking back what somebody did to a lesson a moment ago, while that is still what it is."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from forum.domain.audit import undoable
from forum.domain.lessons import state_machine
from forum.domain.lessons.state_machine import Move
from forum.infra.i18n import _
from forum.models.lesson_steps import StepKind
from forum.models.lessons import Lesson
from forum.models.undo import UndoableAct
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.visibility import get_visible


def take_back(
    actor: Actor,
    act: UndoableAct,
    kind: StepKind,
    *,
    since: InstrumentedAttribute[Any],
    put_back: Callable[[Lesson], None],
) -> None:
    """Undo an act of this member's on a lesson by `put_back`; undone already, nothing more.

    `since`: the column that holds the moment of the act as long as nobody came after it. NotFound, Conflict.
    """
    lesson: Lesson = get_visible(Lesson, actor, act.before["lesson_id"], lock=True)
    act = undoable.own(actor, act.id, lock=True)
    if act.undone_at is not None:
        return
    if getattr(lesson, since.key) != act.at:
        raise Conflict(_("This lesson no longer stands as you left it."))
    step = state_machine.begin(kind, Move(actor, lesson, act=act))
    put_back(lesson)
    step.finish()
    undoable.note_undone(act)
