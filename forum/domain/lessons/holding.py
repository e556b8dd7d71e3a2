"""Who has a draft in hand, as the others of its space see it: taken up once it lay still, and shared with a deputy."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from forum.domain.lessons import making, state_machine, taking_over
from forum.domain.lessons.lessons import locked
from forum.domain.lessons.state_machine import Move
from forum.domain.mailing import events
from forum.infra import days
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.lesson_steps import StepKind
from forum.models.lessons import Lesson, LessonState
from forum.models.spaces import Membership, Role
from forum.policy.actions import YES, Answer, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.holding import holds, may_name_deputy, may_take_up
from forum.policy.standing import belonging, in_good_standing
from forum.policy.visibility import get_visible

MOST = 50  # of a space, to choose a deputy from


@dataclass(frozen=True, slots=True)
class Holders:
    """In whose hands a draft is, in a list."""

    names: list[str]  # its curator, and their deputy
    until: date | None
    may_make: Answer
    may_take_up: Answer


@dataclass(frozen=True, slots=True)
class Hands:
    """In whose hands a draft is, and what the actor may do about it."""

    lesson: Lesson
    names: list[str]  # its curator, and their deputy
    until: date | None
    is_mine: bool
    may_make: Answer
    may_take_up: Answer
    may_share: Answer
    deputy: str  # their name, or none
    candidates: list[tuple[int, str]]  # whom the actor may name as their deputy

    @property
    def is_over(self) -> bool:
        """Whether others may take it over by now."""
        return self.until is not None and self.until <= days.today()


def hands(actor: Actor, lesson_id: int) -> Hands:
    """Return who has a draft in hand (five queries); NotFound, Forbidden for who moderates nothing there."""
    lesson: Lesson = get_visible(Lesson, actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))
    people = select(Member.id, Member.name).where(Member.id.in_([lesson.curator_id, lesson.deputy_id or 0]))
    names = {row.id: row.name for row in db.session.execute(people)}
    deputy = names.get(lesson.deputy_id or 0, "")
    is_mine, may_share = holds(actor, lesson), may_name_deputy(actor, lesson)
    may_make = YES if is_mine else making.answer(actor, lesson)
    return Hands(
        lesson=lesson,
        names=[name for name in (names.get(lesson.curator_id, ""), deputy) if name],
        until=lesson.held_until,
        is_mine=is_mine,
        may_make=may_make,
        may_take_up=_may_take_up(actor, lesson, may_make, is_left=not is_mine and _is_left(lesson)),
        deputy=deputy,
        may_share=may_share,
        candidates=_others(lesson) if may_share and not deputy else [],
    )


def of_lessons(actor: Actor, lessons: Collection[Lesson]) -> dict[int, Holders]:
    """Return who has each of these drafts in hand, of spaces that the actor moderates (three queries)."""
    if not lessons:
        return {}
    people = {one for lesson in lessons for one in (lesson.curator_id, lesson.deputy_id) if one}
    rows = db.session.execute(select(Member.id, Member.name).where(Member.id.in_(people)))
    names = {row.id: row.name for row in rows}
    may_make = making.answers(actor, [lesson.id for lesson in lessons])
    kept = {(row.id, row.space_id) for row in db.session.execute(_in_spaces(people, lessons))}
    return {
        lesson.id: Holders(
            [names[one] for one in (lesson.curator_id, lesson.deputy_id) if one in names],
            lesson.held_until,
            may_make[lesson.id],
            _may_take_up(
                actor,
                lesson,
                may_make[lesson.id],
                is_left=(lesson.curator_id, lesson.space_id) not in kept,
            ),
        )
        for lesson in lessons
    }


def to_share(actor: Actor, lesson_id: int) -> Hands:
    """Return the same for who may name a deputy; NotFound, Forbidden."""
    found = hands(actor, lesson_id)
    require(found.may_share)
    return found


def take_up(actor: Actor, lesson_id: int) -> Lesson:
    """Make a draft from now on that lay still for two weeks, or that its curator left behind; twice is once.

    Who made it until now never checks it. NotFound, Forbidden, Conflict.
    """
    lesson = locked(actor, lesson_id)
    if lesson.curator_id == actor.id and lesson.state == LessonState.DRAFT:
        return lesson
    require(may_take_up(actor, lesson, days.today(), is_left=_is_left(lesson)))
    giver_id = lesson.curator_id
    taking_over.take_over(actor, lesson_id, giver_id=giver_id)
    events.record("lesson.taken_up", lesson_id=lesson.id, holder_id=giver_id, actor_id=actor.id)
    return lesson


def name_deputy(actor: Actor, lesson_id: int, *, member_id: int) -> Lesson:
    """Let another moderator of the space work on a draft as well; the same twice is once.

    NotFound, Forbidden unless it is the actor's, Invalid at `deputy`.
    """
    lesson = locked(actor, lesson_id)
    step = state_machine.begin(StepKind.NAME_DEPUTY, Move(actor, lesson))
    if lesson.deputy_id == member_id:
        return lesson
    if member_id not in {its_id for its_id, _name in _others(lesson)}:
        raise Invalid("deputy", _("Choose another moderator of this space."))
    lesson.deputy_id = member_id
    step.finish()
    return lesson


def end_deputy(actor: Actor, lesson_id: int) -> Lesson:
    """Work on a draft alone again; without a deputy nothing happens. NotFound, Forbidden unless it is the actor's."""
    lesson = locked(actor, lesson_id)
    step = state_machine.begin(StepKind.END_DEPUTY, Move(actor, lesson))
    if lesson.deputy_id is not None:
        lesson.deputy_id = None
        step.finish()
    return lesson


def _may_take_up(actor: Actor, lesson: Lesson, may_make: Answer, *, is_left: bool) -> Answer:
    return may_take_up(actor, lesson, days.today(), is_left=is_left) if may_make else may_make


def _is_left(lesson: Lesson) -> bool:
    """Whether its curator moderates the space no more."""
    return db.session.execute(_in_spaces([lesson.curator_id], [lesson])).first() is None


def _in_spaces(member_ids: Collection[int], lessons: Collection[Lesson]) -> Select[*tuple[Any, ...]]:
    spaces = {lesson.space_id for lesson in lessons}
    return _moderators().where(Membership.space_id.in_(spaces), Member.id.in_(member_ids))


def _others(lesson: Lesson) -> list[tuple[int, str]]:
    others = (
        _moderators()
        .join(Lesson, Lesson.id == lesson.id)
        .where(
            Membership.space_id == Lesson.space_id, Member.id != lesson.curator_id, making.could(Member.id)
        )
    )
    rows = db.session.execute(others.order_by(Member.sort_key, Member.id).limit(MOST))
    return [(row.id, row.name) for row in rows]


def _moderators() -> Select[*tuple[Any, ...]]:
    return (
        select(Member.id, Member.name, Membership.space_id)
        .join(Membership, Membership.member_id == Member.id)
        .where(
            Membership.role == Role.MODERATOR,
            belonging(Membership),
            in_good_standing(Member),
        )
    )
