"""In my hands: drafts that the actor makes, or works on as a deputy; each stays with them for two weeks."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload

from forum.domain.lessons import completeness
from forum.domain.lessons.unlooked import unlooked
from forum.domain.lessons.workbench.queues.window import Found, Order, Window, rows
from forum.infra import days
from forum.infra.db import db
from forum.models.claims import Claim
from forum.models.consents import ConsentRound
from forum.models.lessons import Lesson, LessonSource, LessonState, LessonVersion
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.visibility import sees

SOON = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class HeldDraft:
    """A draft, what it was made from as far as the actor reads that, and what it has."""

    lesson_id: int
    title: str
    held_until: date
    source: str
    claims: int
    excerpts: int
    bare: int  # claims without an excerpt
    missing: int  # before it can be sent for review
    is_deputy: bool

    @property
    def days_left(self) -> int:
        """For how many days it stays with them; none once others may take it over."""
        return max(0, (self.held_until - days.today()).days)

    @property
    def presses(self) -> bool:
        """Whether it cannot wait: others may take it over in two days."""
        return self.held_until <= days.today() + SOON


def of(actor: Actor, window: Window) -> Found:
    """Return them, those first that others may soonest take over (at most four queries)."""
    query = (
        select(Lesson, LessonVersion)
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .where(
            sees(Lesson, actor),
            mine(actor),
            Lesson.state == LessonState.DRAFT,
            Lesson.round_id.is_(None),
            Lesson.held_until.is_not(None),
            ~select(ConsentRound.id).where(ConsentRound.lesson_id == Lesson.id, *unlooked()).exists(),
        )
    )
    drafts, found = rows(query, Order(Lesson.held_until, Lesson.id, day=Lesson.held_until), window)
    claims = _claims([row.LessonVersion.id for row in drafts])
    sources = _sources(actor, [row.Lesson.id for row in drafts])
    for row in drafts:
        found.items.append(
            _draft(actor, row.Lesson, row.LessonVersion, claims[row.LessonVersion.id], sources)
        )
    return found


def mine(actor: Actor) -> ColumnElement[bool]:
    """Say of a Lesson that the actor has it in hand, in a space that they moderate."""
    return Lesson.space_id.in_(moderated(actor)) & or_(
        Lesson.curator_id == actor.id, Lesson.deputy_id == actor.id
    )


def _draft(
    actor: Actor, lesson: Lesson, version: LessonVersion, claims: list[Claim], sources: dict[int, str]
) -> HeldDraft:
    return HeldDraft(
        lesson.id,
        version.title,
        lesson.held_until or days.today(),
        sources.get(lesson.id, ""),
        len(claims),
        sum(len(claim.excerpts) for claim in claims),
        sum(not claim.excerpts for claim in claims),
        len(completeness.missing_fields(version, claims)),
        lesson.curator_id != actor.id,
    )


def _claims(version_ids: Collection[int]) -> dict[int, list[Claim]]:
    found: dict[int, list[Claim]] = defaultdict(list)
    if version_ids:
        query = select(Claim).where(Claim.version_id.in_(version_ids)).order_by(Claim.position)
        for claim in db.session.scalars(query.options(selectinload(Claim.excerpts))):
            found[claim.version_id].append(claim)
    return found


def _sources(actor: Actor, lesson_ids: Collection[int]) -> dict[int, str]:
    """The title of the first thread of each that the actor reads."""
    if not lesson_ids:
        return {}
    query = (
        select(LessonSource.lesson_id, Thread.title)
        .join(Thread, Thread.id == LessonSource.thread_id)
        .where(LessonSource.lesson_id.in_(lesson_ids), sees(Thread, actor))
        .order_by(Thread.id.desc())
    )
    return {row.lesson_id: row.title for row in db.session.execute(query)}
