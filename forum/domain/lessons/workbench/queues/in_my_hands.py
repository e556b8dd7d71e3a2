"""In my hands: drafts that the actor makes, or works on as a deputy; each stays with them for two weeks."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from forum.domain.lessons import completeness
from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lessons.unlooked import unlooked
from forum.domain.lessons.workbench.queues.window import Found, Order, Window, rows
from forum.infra import days
from forum.infra.db import db
from forum.models.claims import Claim
from forum.models.consents import ConsentRound
from forum.models.lessons import Lesson, LessonSource, LessonState, LessonVersion
from forum.models.reviewing import ReviewComment
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
    claims: int
    excerpts: int
    bare: int  # claims without an excerpt
    missing: int  # before it can be sent for review
    is_deputy: bool
    source: str = ""
    comments: int = 0  # of reviewers, still open
    returned_by: str = ""  # who sent it back, where that was the latest verdict

    @property
    def days_left(self) -> int:
        """For how many days it stays with them; none once others may take it over."""
        return max(0, (self.held_until - days.today()).days)

    @property
    def presses(self) -> bool:
        """Whether it cannot wait: others may take it over in two days."""
        return self.held_until <= days.today() + SOON


def of(actor: Actor, window: Window) -> Found:
    """Return them, those first that others may soonest take over (at most five queries)."""
    comments = (
        select(func.count(ReviewComment.id))
        .where(ReviewComment.lesson_id == Lesson.id, ReviewComment.settled_at.is_(None))
        .correlate(Lesson)
        .scalar_subquery()
    )
    query = (
        select(Lesson, LessonVersion, comments.label("comments"))
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
    lesson_ids = [row.Lesson.id for row in drafts]
    sources, returned = _sources(actor, lesson_ids), lesson_reviews.returned_by(lesson_ids)
    for row in drafts:
        brief = _draft(actor, row.Lesson, row.LessonVersion, claims[row.LessonVersion.id])
        found.items.append(
            replace(
                brief,
                source=sources.get(brief.lesson_id, ""),
                comments=row.comments,
                returned_by=returned.get(brief.lesson_id, ""),
            )
        )
    return found


def mine(actor: Actor) -> ColumnElement[bool]:
    """Say of a Lesson that the actor has it in hand, in a space that they moderate."""
    return Lesson.space_id.in_(moderated(actor)) & or_(
        Lesson.curator_id == actor.id, Lesson.deputy_id == actor.id
    )


def _draft(actor: Actor, lesson: Lesson, version: LessonVersion, claims: list[Claim]) -> HeldDraft:
    return HeldDraft(
        lesson_id=lesson.id,
        title=version.title,
        held_until=lesson.held_until or days.today(),
        claims=len(claims),
        excerpts=sum(len(claim.excerpts) for claim in claims),
        bare=sum(not claim.excerpts for claim in claims),
        missing=len(completeness.missing_fields(version, claims)),
        is_deputy=lesson.curator_id != actor.id,
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
