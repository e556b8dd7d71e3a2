"""When enough other cities applied a lesson well, and an editor who says so: then it is confirmed."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forum.domain.audit import undoable
from forum.domain.audit.undoable import OpenAct
from forum.domain.house_rules import terms
from forum.domain.lessons import (
    confirmers,
    earlier_curators,
    origin_queries,
    own_acts,
    page_queries,
    state_machine,
)
from forum.domain.lessons.adoptions import lighting
from forum.domain.lessons.facts import Facts
from forum.domain.lessons.listed import published
from forum.domain.lessons.state_machine import Move
from forum.domain.mailing import events
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Capacity, NetworkRole
from forum.models.adoptions import AdoptionOutcome, AdoptionReport
from forum.models.lesson_steps import StepKind
from forum.models.lessons import Lesson, LessonSource
from forum.models.spaces import Space
from forum.models.threads import Post
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import YES, Answer, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict

WELL = frozenset({AdoptionOutcome.WORKED, AdoptionOutcome.ADAPTED, AdoptionOutcome.PARTLY})


def confirming(
    reports: Iterable[Any],
    *,
    rests_on: Collection[str | None],
    masked: bool,
    makers: Collection[int] = (),
    others: int | None = None,
) -> Any | None:
    """Return the report with which enough other cities applied a lesson well, of all from old to new, or None.

    Rows as for `adoptions.lighting`, with `outcome` and `stands`: what was gone on with says nothing any more. One
    person is one witness, for one city; those that the lesson `rests_on` are none, nor are its `makers`. So many
    `others` are enough; without a number those that the settings say.
    """
    if others is None:
        others = terms.of_today().cities
    # To leave its own cities out of a masked lesson would tell which they are: of so many, two are others.
    enough = others + max(1, len(rests_on)) if masked else others
    cities: set[str] = set()
    for report in lighting(reports):
        counts = report.stands and report.outcome in WELL and report.reporter_id not in makers
        if counts and (masked or report.city not in rests_on):
            cities.add(report.city)
            if len(cities) == enough:
                return report
    return None


def has_enough(lesson: Lesson) -> bool:
    """Return whether enough other cities applied a lesson well, as its reports stand now."""
    db.session.flush()
    masked, home = db.session.execute(
        select(origin_queries.is_masked(), Space.city)
        .select_from(Lesson)
        .join(Space, Space.id == Lesson.space_id)
        .where(Lesson.id == lesson.id)
    ).one()
    rests_on = {home} if home is not None else _told_in(lesson)
    reports = select(*page_queries.REPORT, AdoptionReport.outcome, AdoptionReport.stands).outerjoin(
        Capacity, Capacity.id == AdoptionReport.capacity_id
    )
    rows = db.session.execute(
        reports.where(AdoptionReport.lesson_id == lesson.id).order_by(
            AdoptionReport.reported_on, AdoptionReport.id
        )
    )
    makers = {lesson.curator_id, *earlier_curators.ids(lesson)}
    return confirming(rows, rests_on=rests_on, masked=masked, makers=makers) is not None


def _told_in(lesson: Lesson) -> set[str | None]:
    """The cities whose stories a lesson of a space without a city was made from (one query)."""
    told = (
        select(Capacity.city)
        .join(Post, Post.capacity_id == Capacity.id)
        .join(LessonSource, LessonSource.thread_id == Post.thread_id)
        .where(LessonSource.lesson_id == lesson.id, Post.number == 1)
    )
    return set(db.session.scalars(told)) - {None}


@contextmanager
def weighed(lesson: Lesson) -> Iterator[None]:
    """Change the reports of a lesson, itself locked, in the block; look then whether it waits for an editor.

    Where enough cities had applied it well and no longer do, it is not confirmed any more. One that was confirmed
    without that stays so.
    """
    before = has_enough(lesson)
    yield
    _settle(lesson, fell=before)


def weigh_again(capacity_id: int) -> None:
    """Look anew at the lessons on which somebody reported in a capacity that counts from now on (system verb)."""
    reported = select(AdoptionReport.lesson_id).where(AdoptionReport.capacity_id == capacity_id).distinct()
    for lesson_id in db.session.scalars(reported.order_by(AdoptionReport.lesson_id)).all():
        _settle(db.session.get_one(Lesson, lesson_id, with_for_update=True), fell=False)


def _settle(lesson: Lesson, *, fell: bool) -> None:
    if has_enough(lesson):
        if lesson.confirmed_at is None and lesson.ready_at is None and lesson.ended_at is None:
            lesson.ready_at = clock.now()
            events.record("lesson.ready", lesson_id=lesson.id)
    else:
        lesson.ready_at = None
        if fell and lesson.confirmed_at is not None:
            step = state_machine.begin(StepKind.UNCONFIRM, Move(None, lesson))
            undoable.mark_lesson_undone(UndoKind.CONFIRM, lesson.id, since=lesson.confirmed_at)
            lesson.confirmed_at = None
            step.finish()
    db.session.flush()


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What an editor may do with a lesson that went well elsewhere: confirm it, or undo that they did (`acts`)."""

    answer: Answer
    acts: list[OpenAct]


def of_page(reader: Actor | None, lesson: Lesson, facts: Facts) -> Confirmation | None:
    """Return what an editor may do on the page of a lesson, by what was read for it; None for anybody else."""
    if reader is None or NetworkRole.EDITOR not in reader.network_roles:
        return None
    if lesson.confirmed_at is not None:
        own = facts.open_acts(UndoKind.CONFIRM)
        return Confirmation(YES, own) if own else None
    if lesson.ready_at is None:
        return None
    return Confirmation(confirmers.answer(reader, lesson, facts.insider), [])


def confirm(actor: Actor, public_id: str) -> Lesson:
    """Confirm a lesson that enough other cities applied well; once confirmed, nothing more.

    It can be undone for ten minutes. NotFound, Forbidden; Conflict when too few cities did.
    """
    lesson = published(actor, public_id, lock=True)
    if lesson.confirmed_at is not None:
        require(confirmers.answer(actor, lesson))
        return lesson
    step = state_machine.begin(StepKind.CONFIRM, Move(actor, lesson))
    if not has_enough(lesson):
        raise Conflict(_("Too few other cities reported that this lesson went well."))
    before = {"lesson_id": lesson.id, "public_id": lesson.public_id}
    act = undoable.note(actor, UndoKind.CONFIRM, before=before)
    lesson.confirmed_at, lesson.ready_at = act.at, None
    step.finish()
    events.record("lesson.confirmed", lesson_id=lesson.id, actor_id=actor.id, act_id=act.id)
    return lesson


def undo(actor: Actor, act: UndoableAct) -> None:
    """Take back a confirmation of this member's; Conflict when it did not last until now."""
    own_acts.take_back(
        actor, act, StepKind.UNDO_CONFIRM, since=Lesson.confirmed_at, put_back=_confirmed_no_more
    )


def _confirmed_no_more(lesson: Lesson) -> None:
    lesson.confirmed_at = None
    _settle(lesson, fell=False)
