"""What lies on somebody's workbench: her drafts, what waits for her eyes, and what is due for another look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.people import capacities
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.models.spaces import Role, Space
from forum.policy.actors import Actor
from forum.policy.visibility import sees

MOST = 50  # nobody works on more at once; the list says so by its oldest row


@dataclass(frozen=True, slots=True)
class DraftCard:
    """A lesson on the workbench, as a line in a list."""

    id: int
    public_id: str | None
    title: str
    one_sentence: str
    state: LessonState
    sequence: int
    curator: str
    saved_at: datetime
    review_on: date | None


def drafts_of(actor: Actor) -> list[DraftCard]:
    """The lessons that she may work on now, or that she made and that are with a reviewer; the latest saved first."""
    hers = Lesson.space_id.in_(_moderated(actor))
    query = _cards(Lesson.working_id).where(sees(Lesson, actor), hers, Lesson.state != LessonState.PUBLISHED)
    return _made(query.order_by(LessonVersion.saved_at.desc(), Lesson.id.desc()))


def waiting_for(actor: Actor) -> list[DraftCard]:
    """The lessons in review that she may check, the longest waiting first."""
    query = (
        _cards(Lesson.working_id, LessonVersion, Space, Lesson)
        .join(Space, Space.id == Lesson.space_id)
        .where(sees(Lesson, actor), Lesson.state == LessonState.IN_REVIEW)
        .order_by(LessonVersion.sealed_at, Lesson.id)
        .limit(MOST)
    )
    found = db.session.execute(query).all()
    makers = {row.Lesson.curator_id for row in found} | {row.LessonVersion.created_by_id for row in found}
    cities = capacities.cities_of(makers | {actor.id})
    return [
        _card(row)
        for row in found
        if lesson_reviews.answer_for(actor, row.Lesson, row.LessonVersion, row.Space, cities)
    ]


def overdue_for(actor: Actor) -> list[DraftCard]:
    """The published lessons of her spaces whose date for another look has passed, the oldest date first."""
    today = clock.now().date()
    query = _cards(Lesson.current_id).where(
        sees(Lesson, actor),
        Lesson.space_id.in_(_moderated(actor)),
        Lesson.state == LessonState.PUBLISHED,
        Lesson.review_on < today,
    )
    return _made(query.order_by(Lesson.review_on, Lesson.id))


def _moderated(actor: Actor) -> list[int]:
    return [space_id for space_id, role in actor.roles.items() if role == Role.MODERATOR]


def _cards(pointer: Any, *more: Any) -> Select[*tuple[Any, ...]]:
    columns = (
        Lesson.id,
        Lesson.public_id,
        LessonVersion.title,
        LessonVersion.one_sentence,
        Lesson.state,
        LessonVersion.sequence,
        Member.name,
        LessonVersion.saved_at,
        Lesson.review_on,
    )
    return (
        select(*columns, *more)
        .join(LessonVersion, LessonVersion.id == pointer)
        .join(Member, Member.id == Lesson.curator_id)
    )


def _made(query: Select[*tuple[Any, ...]]) -> list[DraftCard]:
    return [_card(row) for row in db.session.execute(query.limit(MOST))]


def _card(row: Sequence[Any]) -> DraftCard:
    return DraftCard(*row[:9])
