"""Who gets the letters of a round, and what stands in them, looked up anew when one is sent."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from forum.domain.consents import store
from forum.domain.lessons import origin_queries
from forum.domain.lessons.unlooked import STANDS
from forum.domain.mailing import mail_policy
from forum.domain.mailing.mail_policy import Told
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.consents import YESES, ConsentRequest, ConsentRound
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience
from forum.policy.actions import may_moderate
from forum.policy.actors import actor_of
from forum.policy.visibility import sees


@dataclass(frozen=True, slots=True)
class RoundLetter:
    """What a letter to an author says: `request_id` leads to the page, with `count` questions in the round.

    That page alone shows what they are asked: a letter never has more than the title of the lesson.
    """

    told: Told
    asked_by: str
    last_day: date
    audience: Audience
    request_id: int
    count: int


@dataclass(frozen=True, slots=True)
class ClosedLetter:
    """What the letter to a maker says: nothing of what was answered."""

    lesson_id: int
    told: Told


def asked(round_id: int) -> list[int]:
    """Return the authors of a round without the one who asked, in the order of their ids."""
    rows = db.session.execute(
        select(ConsentRequest.author_id, ConsentRound.opened_by_id)
        .join(ConsentRound, ConsentRound.id == ConsentRequest.round_id)
        .where(ConsentRound.id == round_id)
    )
    return sorted({author_id for author_id, asker_id in rows if author_id != asker_id})


def without_yes(round_id: int) -> list[int]:
    """Return the authors of a round who have not said yes to everything, in the order of their ids."""
    return sorted({one.author_id for one in store.requests_of(round_id) if one.answer not in YESES})


def makers(round_id: int) -> list[int]:
    """Return who makes the lesson and who asked, in the order of their ids."""
    row = db.session.execute(
        select(Lesson.curator_id, ConsentRound.opened_by_id)
        .join(ConsentRound, ConsentRound.lesson_id == Lesson.id)
        .where(ConsentRound.id == round_id)
    ).one_or_none()
    return sorted(set(row)) if row is not None else []


def question(member: Member, round_id: int) -> RoundLetter | None:
    """Return what to ask an author, or to remind them of; None once the round is over or everything has a yes."""
    round_, requests = _of(member, round_id)
    if round_ is None or round_.closed_at is not None or clock.now() >= round_.closes_at:
        return None
    waiting = [one for one in requests if one.answer not in YESES]
    return _letter(round_, waiting) if waiting else None


def taken_back(member: Member, round_id: int) -> RoundLetter | None:
    """Return what to tell an author of a question that was taken back."""
    round_, requests = _of(member, round_id)
    return _letter(round_, requests) if round_ is not None and round_.withdrawn and requests else None


def closed(member: Member, round_id: int) -> ClosedLetter | None:
    """Return what to tell a maker of a round that closed, as long as they make the lesson."""
    actor = actor_of(member.id)
    row = db.session.execute(
        select(Lesson.id, Lesson.space_id, Lesson.audience, LessonVersion.title)
        .join(ConsentRound, ConsentRound.lesson_id == Lesson.id)
        .join(LessonVersion, LessonVersion.id == ConsentRound.version_id)
        .where(ConsentRound.id == round_id, Lesson.working_id == ConsentRound.version_id)
    ).one_or_none()
    if actor is None or row is None or not may_moderate(actor, row.space_id):
        return None
    return ClosedLetter(row.id, mail_policy.told_in(row.space_id, row.audience, title=row.title))


def _of(member: Member, round_id: int) -> tuple[ConsentRound | None, list[ConsentRequest]]:
    round_ = db.session.get(ConsentRound, round_id, populate_existing=True)
    query = select(ConsentRequest).where(
        sees(ConsentRequest, member), ConsentRequest.round_id == round_id, STANDS
    )
    ordered = query.order_by(ConsentRequest.id).execution_options(populate_existing=True)
    return round_, list(db.session.scalars(ordered))


def _letter(round_: ConsentRound, requests: list[ConsentRequest]) -> RoundLetter:
    name = db.session.scalar(select(Member.name).where(Member.id == round_.opened_by_id)) or ""
    lesson = db.session.get_one(Lesson, round_.lesson_id)
    told = origin_queries.told(lesson, title=round_.title)
    name, count = told.named(name), len(requests)
    return RoundLetter(told, name, round_.last_day, round_.audience, requests[0].id, count)
