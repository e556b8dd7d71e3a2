"""The lists of the workbench that are no queue of the actor's own: what they may review, and what others work on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select

from forum.domain.lessons import holding, origin, review_states
from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lessons.holding import Holders
from forum.domain.lessons.review_states import AskedLine
from forum.infra import fitting
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.visibility import sees

MOST = 50  # rows in a list; nobody works on more at once


@dataclass(frozen=True, slots=True)
class DraftCard:
    """A lesson in a list of the workbench."""

    id: int
    public_id: str | None
    title: str
    one_sentence: str
    state: LessonState
    curator: str
    saved_at: datetime
    sent_at: datetime | None  # for review
    hands: Holders | None = None  # while it is drafted
    asked: list[AskedLine] = field(default_factory=list)  # who is asked to check it, while it is in review


def in_other_hands(actor: Actor) -> list[DraftCard]:
    """Return what others of the actor's spaces draft, and what is in review there, the latest saved first."""
    spaces = moderated(actor)
    if not spaces:
        return []
    is_others = and_(Lesson.curator_id != actor.id, Lesson.deputy_id.is_distinct_from(actor.id))
    query = (
        _cards(Lesson.working_id, LessonVersion, Lesson)
        .where(
            sees(Lesson, actor),
            Lesson.space_id.in_(spaces),
            or_(Lesson.state == LessonState.IN_REVIEW, and_(Lesson.state == LessonState.DRAFT, is_others)),
        )
        .order_by(LessonVersion.saved_at.desc(), Lesson.id.desc())
        .limit(MOST)
    )
    drafts = db.session.execute(query).all()
    in_review = [
        (row.Lesson, row.LessonVersion) for row in drafts if row.Lesson.state == LessonState.IN_REVIEW
    ]
    asked = review_states.of_versions(in_review)
    hands = holding.of_lessons(actor, [row.Lesson for row in drafts if row.Lesson.state == LessonState.DRAFT])
    return [
        replace(_card(row), asked=asked.get(row.LessonVersion.id, []), hands=hands.get(row.Lesson.id))
        for row in drafts
    ]


def waiting_for(actor: Actor) -> list[DraftCard]:
    """Return the lessons in review that the actor may review, the longest waiting first."""
    query = _cards(Lesson.working_id, LessonVersion, Lesson, origin.knows_makers(actor).label("known")).where(
        sees(Lesson, actor), Lesson.state == LessonState.IN_REVIEW, LessonVersion.sealed_at.is_not(None)
    )
    order: list[Any] = [LessonVersion.sealed_at, Lesson.id]

    def fit(page: Sequence[Any]) -> list[DraftCard]:
        reviewing = lesson_reviews.Reviewing([(row.Lesson, row.LessonVersion) for row in page], [actor.id])
        return [
            replace(_card(row), curator=origin.maker_words(row.name, known=row.known))
            for row in page
            if reviewing.answer(actor, row.Lesson, row.LessonVersion.id)
        ]

    return fitting.first(query, MOST, fit, order=order)


def _cards(pointer: Any, *more: Any) -> Select[*tuple[Any, ...]]:
    columns = (
        Lesson.id,
        Lesson.public_id,
        LessonVersion.title,
        LessonVersion.one_sentence,
        Lesson.state,
        Member.name,
        LessonVersion.saved_at,
        LessonVersion.sealed_at,
    )
    return (
        select(*columns, *more)
        .join(LessonVersion, LessonVersion.id == pointer)
        .join(Member, Member.id == Lesson.curator_id)
    )


def _card(row: Sequence[Any]) -> DraftCard:
    return DraftCard(*row[:8])
