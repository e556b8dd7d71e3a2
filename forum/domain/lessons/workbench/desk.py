"""The lists of the workbench: a member's drafts, what waits for their review, and what is due for another look."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from forum.domain.lessons import origin, review_states
from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lessons.review_states import AskedLine
from forum.infra import days, fitting
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
    review_on: date | None
    asked: list[AskedLine] = field(default_factory=list)  # who is asked to check it, while it is in review


def drafts_of(actor: Actor) -> list[DraftCard]:
    """Return the lessons of the actor's spaces that are drafted or in review, the latest saved first."""
    in_own_spaces = Lesson.space_id.in_(moderated(actor))
    query = (
        _cards(Lesson.working_id, LessonVersion, Lesson)
        .where(sees(Lesson, actor), in_own_spaces, Lesson.state != LessonState.PUBLISHED)
        .order_by(LessonVersion.saved_at.desc(), Lesson.id.desc())
        .limit(MOST)
    )
    drafts = db.session.execute(query).all()
    in_review = [
        (row.Lesson, row.LessonVersion) for row in drafts if row.Lesson.state == LessonState.IN_REVIEW
    ]
    asked = review_states.of_versions(in_review)
    return [replace(_card(row), asked=asked.get(row.LessonVersion.id, [])) for row in drafts]


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


def overdue_for(actor: Actor) -> list[DraftCard]:
    """Return the published lessons of the actor's spaces whose review date has passed, the oldest date first."""
    today = days.today()
    query = _cards(Lesson.current_id).where(
        sees(Lesson, actor),
        Lesson.space_id.in_(moderated(actor)),
        Lesson.state == LessonState.PUBLISHED,
        Lesson.review_on < today,
    )
    return _draft_cards(query.order_by(Lesson.review_on, Lesson.id))


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
        Lesson.review_on,
    )
    return (
        select(*columns, *more)
        .join(LessonVersion, LessonVersion.id == pointer)
        .join(Member, Member.id == Lesson.curator_id)
    )


def _draft_cards(query: Select[*tuple[Any, ...]]) -> list[DraftCard]:
    return [_card(row) for row in db.session.execute(query.limit(MOST))]


def _card(row: Sequence[Any]) -> DraftCard:
    return DraftCard(*row[:9])
