"""Who is asked to check a version: by name or as a group, with a term, one reminder, and an end when it is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, exists, not_, or_, select, update

from forum.domain.lessons import origin, review_set_aside
from forum.domain.lessons.review_candidates import Asking
from forum.domain.lessons.reviews import AGAIN, Reviewing
from forum.domain.lines import clean_paragraphs
from forum.domain.mailing import events, notices
from forum.domain.mailing.notices import Subject
from forum.infra import clock, days, fitting, workdays
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.handovers import Ending, HandOver
from forum.models.lessons import Lesson, LessonState, LessonVersion, ReviewRequest
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Forbidden, NotFound
from forum.policy.visibility import get_visible, sees

TERM, REMINDER = 10, 7  # working days after the day of the question
TOLD_FROM = time(9)  # the hour of the day from which somebody is reminded or told
MOST = 50
# Nobody published, returned or took back the version, and who is asked did not decline.
OPEN = (ReviewRequest.ended_at.is_(None), ReviewRequest.declined_at.is_(None))


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """A version that the actor is asked to check, for the home page and the desk."""

    lesson_id: int
    title: str
    asked_by: str  # words without a name where the makers are not theirs to know
    by_name: bool
    due_on: date


def first(actor: Actor, version: LessonVersion, *, asked_id: int | None, note: str) -> ReviewRequest:
    """Ask somebody, or without an id the group, to check a version that is sent now; the caller checked whom.

    Invalid at `message`.
    """
    return _write(actor, version, asked_id, _clean(note))


def ask(actor: Actor, lesson_id: int, *, asked_id: int | None, note: str = "") -> ReviewRequest:
    """Ask one more person, or the group once more, to check the version in review.

    Who is asked already is asked anew, with this note and a new term, and what they put away comes back; the same twice
    within moments was asked once. NotFound, Forbidden unless the actor moderates the space, Conflict when it is not in
    review any more, Invalid at `reviewer` or `message`.
    """
    lesson, version = _in_review(actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))
    note = _clean(note)
    Asking(actor, lesson, version).check(lesson.audience, asked_id)
    before = _open_request(version.id, asked_id)
    if before is None:
        return _write(actor, version, asked_id, note)
    if not _is_same(before, note):
        before.asked_at, before.due_on = clock.now(), workdays.after(days.today(), TERM)
        before.asked_by_id, before.note = actor.id, note
        before.reminded_at = before.overdue_told_at = None
        db.session.flush()
        events.record("review.requested", request_id=before.id)
    return before


def was_asked(actor: Actor, version_id: int, asked_id: int | None) -> bool:
    """Return whether the actor asked that member, or without an id the group, about a version, whatever came of it."""
    query = select(ReviewRequest.id).where(
        ReviewRequest.version_id == version_id,
        ReviewRequest.asked_by_id == actor.id,
        or_(_addressed_to(asked_id), passed_on_by(asked_id)),
    )
    return db.session.scalar(query.limit(1)) is not None


def passed_on_by(member_id: int | None) -> ColumnElement[bool]:
    """Say of a ReviewRequest that this member was asked it, and that somebody took it over from them."""
    return exists().where(
        HandOver.kind == "review",
        HandOver.item_id == ReviewRequest.id,
        HandOver.giver_id == member_id,
        HandOver.ending == Ending.ACCEPTED,
    )


def decline(actor: Actor, lesson_id: int) -> ReviewRequest:
    """Say no as somebody who is asked by name, and read the version no longer; whoever asked hears of it.

    Said twice it was said once. NotFound, Forbidden for all others, Conflict when it is not in review any more.
    """
    try:
        _lesson, version = _in_review(actor, lesson_id)
        request = _open_request(version.id, actor.id)
        if request is None:
            raise Forbidden(_("You are not asked by name to check this lesson."))
    except (NotFound, Forbidden):
        declined = _declined(actor, lesson_id)
        if declined is None:
            raise
        return declined
    request.declined_at = clock.now()
    db.session.flush()
    events.record("review.declined", request_id=request.id)
    return request


def end(version_id: int) -> None:
    """End what was asked about a version: it was published, returned or taken back."""
    db.session.execute(
        update(ReviewRequest)
        .where(ReviewRequest.version_id == version_id, ReviewRequest.ended_at.is_(None))
        .values(ended_at=clock.now())
        .execution_options(synchronize_session="fetch")
    )
    # What it lost shortly before, nobody has to look at any more.
    lesson_id = db.session.get_one(LessonVersion, version_id).lesson_id
    notices.forget_planned(("review_shortened", "review_weakened"), about=Subject(lesson_id=lesson_id))


def open_about(version_id: int) -> list[ReviewRequest]:
    """Return what is asked about a version and neither ended nor declined, in the order it was asked."""
    query = select(ReviewRequest).where(ReviewRequest.version_id == version_id, *OPEN)
    return list(db.session.scalars(query.order_by(ReviewRequest.id)))


def asked_of(actor: Actor, lesson_id: int) -> ReviewRequest | None:
    """Return the open request that is addressed to the actor by name, else the one to the group; NotFound.

    None where nothing is asked, or the actor may not answer it.
    """
    lesson: Lesson = get_visible(Lesson, actor, lesson_id)
    to_whom = ReviewRequest.asked_id.is_(None) | (ReviewRequest.asked_id == actor.id)
    query = select(ReviewRequest).where(ReviewRequest.version_id == lesson.working_id, to_whom, *OPEN)
    ordered = query.order_by(ReviewRequest.asked_id.is_(None), ReviewRequest.id.desc()).limit(1)
    return db.session.scalars(ordered).one_or_none()


def asker(actor: Actor, request: ReviewRequest) -> str:
    """Return who asked, as far as the actor may know who makes the lesson (one query)."""
    row = db.session.execute(
        select(Member.name, origin.knows_makers(actor))
        .join(LessonVersion, LessonVersion.id == request.version_id)
        .join(Lesson, Lesson.id == LessonVersion.lesson_id)
        .where(Member.id == request.asked_by_id)
    ).one()
    return origin.maker_words(row[0], known=bool(row[1]))


def waiting(actor: Actor) -> list[WaitingReview]:
    """Return the versions that the actor is asked to check and may, by the end of their terms (few queries).

    Not what they put away.
    """
    query = (
        select(Lesson, LessonVersion, ReviewRequest, Member.name, origin.knows_makers(actor).label("known"))
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .join(ReviewRequest, ReviewRequest.version_id == LessonVersion.id)
        .join(Member, Member.id == ReviewRequest.asked_by_id)
        .where(
            sees(Lesson, actor),
            Lesson.state == LessonState.IN_REVIEW,
            ReviewRequest.asked_id.is_(None) | (ReviewRequest.asked_id == actor.id),
            not_(review_set_aside.by(actor)),
            *OPEN,
        )
    )
    order: list[Any] = [ReviewRequest.asked_id.is_(None), ReviewRequest.due_on, ReviewRequest.id]
    found: dict[int, WaitingReview] = {}

    def fit(page: Sequence[Any]) -> list[WaitingReview]:
        reviewing = Reviewing({(row.Lesson, row.LessonVersion) for row in page}, [actor.id])
        fit_here = []
        for lesson, version, request, name, known, *_order in page:
            if lesson.id not in found and reviewing.answer(actor, lesson, version.id):
                by_name = request.asked_id is not None
                asked_by = origin.maker_words(name, known=known)
                found[lesson.id] = WaitingReview(lesson.id, version.title, asked_by, by_name, request.due_on)
                fit_here.append(found[lesson.id])
        return fit_here

    return sorted(fitting.first(query, MOST, fit, order=order), key=lambda one: (one.due_on, one.lesson_id))


def remind_due(now: datetime) -> bool:
    """Let one request of which the term is nearly over remind who is asked (system verb); return whether there was one.

    A request is reminded of once.
    """
    today = days.day_of(now)
    if not _is_hour(now):
        return False
    left = workdays.after(today, TERM - REMINDER)
    request = _next(
        ReviewRequest.reminded_at.is_(None), ReviewRequest.due_on >= today, ReviewRequest.due_on <= left
    )
    if request is None:
        return False
    request.reminded_at = now
    db.session.flush()
    events.record("review.reminded", request_id=request.id)
    return True


def tell_overdue(now: datetime) -> bool:
    """Tell who asked that the term of one request is over in silence (system verb); return whether there was one."""
    if not _is_hour(now):
        return False
    request = _next(ReviewRequest.overdue_told_at.is_(None), ReviewRequest.due_on < days.day_of(now))
    if request is None:
        return False
    request.overdue_told_at = now
    db.session.flush()
    events.record("review.lapsed", request_id=request.id)
    return True


def _is_hour(now: datetime) -> bool:
    return now.astimezone(days.zone_of(None)).time() >= TOLD_FROM


def _next(*conditions: object) -> ReviewRequest | None:
    query = (
        select(ReviewRequest)
        .join(Lesson, Lesson.working_id == ReviewRequest.version_id)
        .where(Lesson.state == LessonState.IN_REVIEW, *OPEN, *conditions)  # type: ignore[arg-type]
        .order_by(ReviewRequest.due_on, ReviewRequest.id)
        .limit(1)
        .with_for_update(of=ReviewRequest)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one_or_none()


def _in_review(actor: Actor, lesson_id: int) -> tuple[Lesson, LessonVersion]:
    lesson: Lesson = get_visible(Lesson, actor, lesson_id, lock=True)
    if lesson.state != LessonState.IN_REVIEW or lesson.working_id is None:
        raise Conflict(_("Somebody else was first: this lesson is no longer waiting for a review."))
    return lesson, db.session.get_one(LessonVersion, lesson.working_id)


def _declined(actor: Actor, lesson_id: int) -> ReviewRequest | None:
    """What the actor declined of a version that is still in review: they may not read it any more."""
    query = (
        select(ReviewRequest)
        .join(LessonVersion, LessonVersion.id == ReviewRequest.version_id)
        .where(
            LessonVersion.lesson_id == lesson_id,
            ReviewRequest.asked_id == actor.id,
            ReviewRequest.declined_at.is_not(None),
            ReviewRequest.ended_at.is_(None),
        )
    )
    return db.session.scalars(query).one_or_none()


def _clean(note: str) -> str:
    return clean_paragraphs(note, field="message", limit=ReviewRequest.NOTE_MAX)


def _open_request(version_id: int, asked_id: int | None) -> ReviewRequest | None:
    query = select(ReviewRequest).where(
        ReviewRequest.version_id == version_id, _addressed_to(asked_id), *OPEN
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _is_same(request: ReviewRequest, note: str) -> bool:
    """Whether a question with this note is the one that was asked before, sent twice."""
    is_recent = request.asked_at > clock.now() - AGAIN
    return is_recent and request.note == note and not review_set_aside.is_any(request)


def _addressed_to(asked_id: int | None) -> ColumnElement[bool]:
    return ReviewRequest.asked_id.is_(None) if asked_id is None else ReviewRequest.asked_id == asked_id


def _write(actor: Actor, version: LessonVersion, asked_id: int | None, note: str) -> ReviewRequest:
    request = ReviewRequest(
        version_id=version.id,
        asked_id=asked_id,
        asked_by_id=actor.id,
        note=note,
        asked_at=clock.now(),
        due_on=workdays.after(days.today(), TERM),
    )
    db.session.add(request)
    db.session.flush()
    events.record("review.requested", request_id=request.id)
    return request
