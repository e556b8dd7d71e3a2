"""Whether a published lesson still holds: asked before its date, shown after it, answered by its makers.

They answer with one press, or with a new version. Until then it sinks in the library, from the moment on which readers
know that it is due: of a masked one that is the end of its quarter, for everybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, not_, or_, select

from forum.domain.house_rules import terms
from forum.domain.lessons import origin_filters, origin_queries, state_machine
from forum.domain.lessons.listed import listed, published
from forum.domain.lessons.state_machine import Move
from forum.domain.lines import clean_paragraphs
from forum.domain.mailing import events
from forum.domain.people import capacities
from forum.domain.people.bylines import Byline, speaker
from forum.infra import clock, days, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.ageing import LessonSignal
from forum.models.lesson_steps import StepKind
from forum.models.lessons import Lesson
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.ageing import may_affirm, may_signal

DAYS_OF_MONTH = 365.25 / 12
ASKED_BEFORE = timedelta(days=30)
BATCH = 50
MOST_SIGNALS = "20 per hour"  # of one member: the makers of a lesson hear of each


@dataclass(frozen=True, slots=True)
class Signal:
    """What a reader said, for the makers of the lesson."""

    by: Byline
    reason: str
    made_at: datetime


def review_after() -> timedelta:
    """Return how long a lesson holds until it is looked at again: applied by then, and not outdated yet."""
    return timedelta(days=round(terms.of_today().review_months * DAYS_OF_MONTH))


def affirm(actor: Actor, public_id: str) -> Lesson:
    """Say that a lesson still holds: it is looked at again after the usual term, and its signals are answered.

    Said today already, with no signal since, nothing more. NotFound, Forbidden.
    """
    lesson = published(actor, public_id, lock=True)
    require(may_affirm(actor, lesson))
    now, again_on = clock.now(), days.today() + review_after()
    said_today = lesson.affirmed_at is not None and days.day_of(lesson.affirmed_at) == days.today()
    if said_today and lesson.review_on == again_on and not _open(lesson):
        return lesson
    step = state_machine.begin(StepKind.AFFIRM, Move(actor, lesson))
    lesson.affirmed_at, lesson.review_on = now, again_on
    step.finish()
    answer_signals(actor, lesson)
    return lesson


def signal(actor: Actor, public_id: str, *, reason: str) -> LessonSignal:
    """Say what no longer holds; what the actor said before and nobody answered is changed.

    NotFound, Forbidden, Invalid at `reason`, TooOften.
    """
    lesson = published(actor, public_id, lock=True)
    require(may_signal(actor, lesson))
    missing = _("Say what no longer holds, and how you know.")
    said = clean_paragraphs(reason, field="reason", limit=LessonSignal.REASON_MAX, missing=missing)
    own = next((one for one in _open(lesson) if one.author_id == actor.id), None)
    if own is not None:
        own.reason = said
        return own
    rates.spend("signal", f"member:{actor.id}", limit=MOST_SIGNALS)
    spoke_as = capacities.current(actor.id)
    made = LessonSignal(
        lesson_id=lesson.id,
        author_id=actor.id,
        capacity_id=spoke_as.id if spoke_as is not None else None,
        reason=said,
        made_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    events.record("lesson.signalled", lesson_id=lesson.id, signal_id=made.id, actor_id=actor.id)
    return made


def take_signal_back(actor: Actor, public_id: str) -> Lesson:
    """Delete what the actor said of a lesson and nobody answered; gone already, nothing more. NotFound."""
    lesson = published(actor, public_id, lock=True)
    for one in _open(lesson):
        if one.author_id == actor.id:
            db.session.delete(one)
    db.session.flush()
    return lesson


def own_words(actor: Actor, lesson: Lesson) -> str:
    """Return what the actor said of a lesson that nobody answered yet."""
    own = select(LessonSignal.reason).where(
        LessonSignal.lesson_id == lesson.id,
        LessonSignal.author_id == actor.id,
        LessonSignal.answered_at.is_(None),
    )
    return db.session.scalar(own) or ""


def signals(rows: Iterable[Any]) -> list[Signal]:
    """Return what readers said, of rows that `page_facts` read for its makers alone."""
    return [Signal(speaker(row, said_at=row.made_at), row.reason, row.made_at) for row in rows]


def answer_signals(actor: Actor, lesson: Lesson) -> None:
    """Answer what readers said of a lesson: it still holds, or a new version is there (system verb)."""
    for one in _open(lesson):
        one.answered_at = clock.now()
        events.record("signal.answered", lesson_id=lesson.id, signal_id=one.id, actor_id=actor.id)
    db.session.flush()


def ask_due() -> int:
    """Ask owners whether a lesson still holds, once for each date, a month before it; return how many."""
    soon = Lesson.review_on.between(days.today(), days.today() + ASKED_BEFORE)
    found = _each(soon, Lesson.asked_for)
    for lesson in found:
        events.record("lesson.ageing", lesson_id=lesson.id)
    return len(found)


def tell_overdue() -> int:
    """Give a lesson of which the date passed without an answer to the moderators of its space; return how many."""
    found = _each(Lesson.review_on < days.today(), Lesson.overdue_for)
    for lesson in found:
        state_machine.begin(StepKind.FALL_DUE, Move(None, lesson)).finish()
        events.record("lesson.overdue", lesson_id=lesson.id)
    return len(found)


def sink_due() -> int:
    """Let lessons sink in the library of which readers know by now that they are due; return how many."""
    known = or_(
        Lesson.review_on < origin_filters.due_before(hidden=True),
        and_(Lesson.review_on < days.today(), not_(origin_queries.is_masked())),
    )
    found = _batch(and_(Lesson.fresh == 1, known))
    for lesson in found:
        lesson.fresh = 0
    db.session.flush()
    return len(found)


def erase(member_id: int) -> None:
    """Take out what a member said of lessons: their account is erased. What nobody answered goes altogether."""
    for one in db.session.scalars(select(LessonSignal).where(LessonSignal.author_id == member_id)):
        if one.answered_at is None:
            db.session.delete(one)
        else:
            one.reason = ""
    db.session.flush()


def _each(due: Any, kept: Any) -> list[Lesson]:
    """Return each lesson that is due, once for its date, which `kept` then holds."""
    found = _batch(and_(due, or_(kept.is_(None), kept != Lesson.review_on)))
    for lesson in found:
        setattr(lesson, kept.key, lesson.review_on)
    db.session.flush()
    return found


def _batch(due: Any) -> list[Lesson]:
    query = (
        select(Lesson)
        .where(listed(), due)
        .order_by(Lesson.review_on, Lesson.id)
        .limit(BATCH)
        .with_for_update(of=Lesson, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def _open(lesson: Lesson) -> list[LessonSignal]:
    query = select(LessonSignal).where(
        LessonSignal.lesson_id == lesson.id, LessonSignal.answered_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(LessonSignal.id)))
