"""How a published lesson ends: withdrawn for a reason, or superseded by another; and how it comes back.

Its page stays, with the reason and for who reads it the other lesson; it leaves every list. For ten minutes it can be
undone, and nobody hears of it before. A new version of it, published as any other, lets it stand again.
"""

from dataclasses import dataclass

from sqlalchemy import func, select, union

from forum.domain.audit import undoable
from forum.domain.audit.undoable import OpenAct
from forum.domain.lessons import (
    behind_claims,
    confirming,
    library_counts,
    numbers,
    origin_queries,
    own_acts,
    page,
    state_machine,
)
from forum.domain.lessons.listed import published
from forum.domain.lessons.state_machine import Move
from forum.domain.lessons.views import LessonPage
from forum.domain.lines import clean_reason
from forum.domain.mailing import events
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.adoptions import AdoptionReport
from forum.models.ageing import LessonSignal
from forum.models.cahiers import Cahier, CahierLesson
from forum.models.disputes import CounterEvidence
from forum.models.lesson_steps import Ending, StepKind
from forum.models.lessons import Lesson
from forum.models.spaces import Audience
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.ending import may_bring_back, may_end
from forum.policy.errors import Conflict, Invalid
from forum.policy.visibility import audience, visible

REASON_MAX = Lesson.ENDED_REASON_MAX
STEPS = {Ending.WITHDRAWN: StepKind.WITHDRAW, Ending.SUPERSEDED: StepKind.SUPERSEDE}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a lesson ended, on its page: `by` is the one that took its place, for who reads that."""

    by: tuple[str, str] | None  # its number and title
    acts: list[OpenAct]
    may_bring_back: bool
    shared: list[tuple[int, str]]  # questions of it that the reader shares: no list has them any more


def to_end(actor: Actor, public_id: str) -> tuple[page.Titled, int]:
    """Return what the question before it is about: the lesson, and how many people are told. NotFound, Forbidden."""
    about = page.title_of(actor, public_id)
    require(may_end(actor, about.lesson))
    told = audience(about.lesson).where(Member.id.in_(concerned(about.lesson)), Member.id != actor.id)
    return about, int(db.session.scalar(told.with_only_columns(func.count(Member.id))) or 0)


def concerned(lesson: Lesson) -> set[int]:
    """Return who hears of it: who makes it, whom it quotes, who reported on it, contradicted it or said it is outdated.

    And whose cahier holds it. Whatever else comes to hold lessons adds its people here.
    """
    quoted = behind_claims.authors(lesson.current_id)
    said = (
        select(Cahier.editor_id)
        .join(CahierLesson, CahierLesson.cahier_id == Cahier.id)
        .where(CahierLesson.lesson_id == lesson.id),
        select(AdoptionReport.reporter_id).where(
            AdoptionReport.lesson_id == lesson.id, AdoptionReport.stands
        ),
        select(CounterEvidence.author_id).where(CounterEvidence.lesson_id == lesson.id),
        select(LessonSignal.author_id).where(LessonSignal.lesson_id == lesson.id),
    )
    return {lesson.curator_id, *db.session.scalars(union(quoted, *said))}


def withdraw(actor: Actor, public_id: str, *, reason: str) -> Lesson:
    """Withdraw a lesson for a reason that everybody reads; withdrawn already for it, nothing more.

    NotFound, Forbidden, Invalid at `reason`, Conflict when it ended otherwise.
    """
    lesson = _to_end(actor, public_id)
    return _end(actor, lesson, Ending.WITHDRAWN, _because(reason))


def supersede(actor: Actor, public_id: str, *, by: str, reason: str) -> Lesson:
    """Say that another published lesson takes the place of this one, and why; the rest as `withdraw`.

    `by`: its number or address, as somebody types it.

    Invalid at `by` as well: all who read this one have to read that.
    """
    other_id = numbers.in_words(by)
    _hold(actor, public_id, other_id)
    lesson = _to_end(actor, public_id)
    because = _because(reason)
    other = _other(actor, lesson, other_id)
    return _end(actor, lesson, Ending.SUPERSEDED, because, other)


def bring_back(actor: Actor, public_id: str) -> Lesson:
    """Let a lesson stand again that had ended; it stands already, nothing more. NotFound, Forbidden."""
    lesson = published(actor, public_id, lock=True)
    if lesson.ended_at is None:
        require(may_end(actor, lesson))
        return lesson
    _stand_again(actor, lesson)
    return lesson


def renew(actor: Actor, lesson: Lesson) -> None:
    """Let a lesson of which a new version was just published stand again (system verb)."""
    if lesson.ended_at is not None:
        _stand_again(actor, lesson)


def undo(actor: Actor, act: UndoableAct) -> None:
    """Take back what this member did a moment ago; Conflict when it did not last until now."""
    own_acts.take_back(actor, act, StepKind.UNDO_END, since=Lesson.ended_at, put_back=_put_back)


def of_page(reader: Actor | None, shown: LessonPage) -> Ended | None:
    """Return how a lesson ended, for its page; None while it stands."""
    if shown.lesson.ended_at is None:
        return None
    # One of the two may be masked since: then each would say of the other where it comes from.
    others = [one for one in shown.facts.successor if one.hidden == shown.origin.hidden]
    return Ended(
        (others[0].public_id or "", others[0].title) if others else None,
        shown.facts.open_acts(UndoKind.END) if may_end(reader, shown.lesson) else [],
        bool(may_bring_back(reader, shown.lesson)),
        [(row.id, row.text) for row in shown.facts.shared],
    )


def _hold(actor: Actor, *public_ids: str) -> None:
    """Lock lessons in the order of their ids: two that take each other's place at once would wait for each other."""
    query = visible(Lesson, actor).where(Lesson.public_id.in_(public_ids)).with_only_columns(Lesson.id)
    db.session.execute(query.order_by(Lesson.id).with_for_update(of=Lesson))


def _because(reason: str) -> str:
    return clean_reason(
        reason, limit=REASON_MAX, missing=_("Say why: everybody who opens the lesson reads it.")
    )


def _to_end(actor: Actor, public_id: str) -> Lesson:
    lesson = published(actor, public_id, lock=True)
    require(may_end(actor, lesson))
    return lesson


def _end(actor: Actor, lesson: Lesson, how: Ending, because: str, other: Lesson | None = None) -> Lesson:
    by_id = other.id if other is not None else None
    if lesson.ended_at is not None:
        if (lesson.ended_as, lesson.ended_reason, lesson.superseded_by_id) == (how, because, by_id):
            return lesson
        raise Conflict(_("This lesson is withdrawn or superseded already."))
    step = state_machine.begin(STEPS[how], Move(actor, lesson))
    before = {"lesson_id": lesson.id, "public_id": lesson.public_id}
    act = undoable.note(actor, UndoKind.END, before=before)
    lesson.ended_at, lesson.ended_as, lesson.ended_reason = act.at, how, because
    lesson.superseded_by_id, lesson.ready_at = by_id, None
    step.finish(reason=because)
    library_counts.recount(lesson)
    events.record("lesson.ended", lesson_id=lesson.id, actor_id=actor.id, act_id=act.id)
    return lesson


def _stand_again(actor: Actor, lesson: Lesson) -> None:
    step = state_machine.begin(StepKind.BRING_BACK, Move(actor, lesson))
    _put_back(lesson)
    step.finish()


def _put_back(lesson: Lesson) -> None:
    if lesson.ended_at is not None:
        # By whichever verb it comes back: nobody hears that it ended who did not hear it yet.
        undoable.mark_lesson_undone(UndoKind.END, lesson.id, since=lesson.ended_at)
    lesson.ended_at = lesson.ended_as = lesson.superseded_by_id = None
    lesson.ended_reason = ""
    if lesson.confirmed_at is None and confirming.has_enough(lesson):
        lesson.ready_at = clock.now()
    library_counts.recount(lesson)


def _other(actor: Actor, lesson: Lesson, public_id: str) -> Lesson:
    """The lesson with that number that takes the place of another: it stands, and all who read the other read it."""
    other = db.session.scalar(visible(Lesson, actor).where(Lesson.public_id == public_id))
    if other is None or other.current_id is None or other.id == lesson.id or other.ended_at is not None:
        raise Invalid("by", _("This is not the number of another lesson that stands."))
    readers = audience(other).with_only_columns(Member.id)
    without = audience(lesson).where(Member.id.not_in(readers)).with_only_columns(Member.id).limit(1)
    leaves_out = lesson.audience == Audience.PUBLIC and other.audience != Audience.PUBLIC
    if leaves_out or db.session.scalar(without) is not None:
        raise Invalid("by", _("Not everybody who reads this lesson may read that one."))
    masked = select(origin_queries.is_masked()).select_from(Lesson)
    both = [db.session.scalar(masked.where(Lesson.id == one.id)) for one in (lesson, other)]
    if both[0] != both[1]:
        # Who takes the place of whom would say where the masked one comes from.
        raise Invalid("by", _("Somebody stands masked in one of the two, and this would lead to them."))
    return other
