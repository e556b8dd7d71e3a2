"""Before a lesson is begun from a thread: lessons that cite it already or resemble it, and adding the thread to one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, or_, select

from forum.domain.lessons import holding, lessons, making, of_thread, versions
from forum.domain.lessons.holding import Holders
from forum.domain.threads import nominations
from forum.infra.db import db
from forum.models.lessons import Lesson, LessonSource, LessonState, LessonVersion
from forum.models.threads import Thread
from forum.policy.actions import Answer, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.holding import may_edit_draft
from forum.policy.visibility import get_visible, sees

MOST = 20


@dataclass(frozen=True, slots=True)
class Existing:
    """A lesson to which a thread could be added. `hands`: of a draft, who has it."""

    id: int
    public_id: str | None
    title: str
    one_sentence: str
    state: LessonState
    cites: bool  # this very thread
    may_add: bool
    hands: Holders | None


def of(actor: Actor, thread: Thread, title: str, alike: Collection[str]) -> list[Existing]:
    """Return those that cite a thread, and those with these public ids, as far as the actor sees them (six queries).

    Not the draft that they would get back, as nobody wrote in it yet. For who may make a lesson of the thread.
    """
    # Drafts are shown to the moderators of their own space; published ones where the thread may lead there.
    made = exists().where(LessonSource.lesson_id == Lesson.id, LessonSource.thread_id == thread.id)
    own = Lesson.space_id.in_(moderated(actor))
    leads = and_(Lesson.current_id.is_not(None), of_thread.leads_to(actor, thread.id))
    is_cited = and_(made, or_(own, leads))
    query: Any = (
        select(Lesson, LessonVersion, is_cited.label("cites"))
        .join(LessonVersion, LessonVersion.id == _shown(actor))
        .where(
            sees(Lesson, actor),
            sees(LessonVersion, actor),
            Lesson.ended_at.is_(None),
            or_(is_cited, Lesson.public_id.in_(alike)),
        )
        .order_by(is_cited.desc(), Lesson.id)
    )
    rows = db.session.execute(query.limit(MOST)).all()
    # Looked up after the others: whoever presses twice at once may have made it between the two.
    begun = versions.untouched(actor.id, thread.id, title)
    return _existing(actor, [row for row in rows if begun is None or row.Lesson.id != begun.id])


def add_thread(actor: Actor, thread_id: int, lesson_id: int) -> Lesson:
    """Let a lesson quote from one more thread, in a new version where it is published; twice is once.

    NotFound, Forbidden unless the actor moderates the space of the lesson and has its draft in hand, Conflict.
    """
    lesson = lessons.locked(actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))
    if lesson.working_id is None:
        lessons.revise(actor, lesson.id)
    lessons.add_source(actor, lesson.id, thread_id)
    thread: Thread = get_visible(Thread, actor, thread_id, lock=True)
    if may_moderate(actor, thread.space_id):
        nominations.take_up(actor, thread)
    return lesson


def _shown(actor: Actor) -> Any:
    """The version that stands for a lesson: readers of it know the one that is published, its makers the draft."""
    first = (
        select(LessonVersion.id)
        .where(
            or_(
                and_(LessonVersion.id == Lesson.working_id, Lesson.space_id.in_(moderated(actor))),
                and_(LessonVersion.id == Lesson.current_id, Lesson.space_id.not_in(moderated(actor))),
                and_(LessonVersion.id == Lesson.current_id, Lesson.working_id.is_(None)),
            )
        )
        .limit(1)
    )
    return first.correlate(Lesson).scalar_subquery()


def _existing(actor: Actor, rows: Sequence[Any]) -> list[Existing]:
    own = set(moderated(actor))
    drafts = [row.Lesson for row in rows if row.Lesson.space_id in own and row.Lesson.working_id is not None]
    hands = holding.of_lessons(actor, drafts)
    makes = making.answers(actor, [row.Lesson.id for row in rows])
    return [
        Existing(
            row.Lesson.id,
            row.Lesson.public_id,
            row.LessonVersion.title,
            row.LessonVersion.one_sentence,
            row.Lesson.state if row.Lesson.space_id in own else LessonState.PUBLISHED,
            bool(row.cites),
            may_add(actor, row.Lesson, makes[row.Lesson.id]),
            hands.get(row.Lesson.id),
        )
        for row in rows
    ]


def may_add(actor: Actor, lesson: Lesson, may_make: Answer) -> bool:
    """Return whether the actor may add a thread to a lesson: to their draft, or in a new version that they may make."""
    return bool(may_make if lesson.working_id is None else may_edit_draft(actor, lesson))
