"""Who reported that a lesson still runs is asked how it went on: after three months and after a year, once each."""

from calendar import monthrange
from datetime import date, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from forum.domain.mailing import events
from forum.domain.people import speaking
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.adoptions import AdoptionOutcome, AdoptionReport, ReportQuestion
from forum.models.lessons import Lesson
from forum.policy.actors import actor_of
from forum.policy.reporting import may_report
from forum.policy.visibility import sees

# The later one first: who is to be asked both was away from the forum, or the forum was.
TERMS = (12, 3)
LATELY = timedelta(days=30)  # so shortly before a term, it was answered already
BATCH = 50


def ask_due() -> int:
    """Ask for a batch of reports of which a term is over; return how many there were (system verb).

    Nobody is asked who said so lately, who left, or who no longer reads the lesson or speaks for that city.
    """
    for months in TERMS:
        found = _due(months, before(days.today(), months))
        for first, last in found:
            # Another worker may be at it: only one of them writes the row.
            is_new = _mark(first, months)
            if months == TERMS[0]:
                _mark(first, TERMS[1])
            term = after(first.reported_on, months)
            if is_new and last.reported_on <= term - LATELY and _can_answer(last):
                events.record("report.asked", lesson_id=last.lesson_id, report_id=last.id)
        if found:
            return len(found)
    return 0


def before(day: date, months: int) -> date:
    """Return the same day so many months earlier, or the last one of a shorter month."""
    return after(day, -months)


def after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _due(months: int, latest: date) -> list[tuple[AdoptionReport, AdoptionReport]]:
    """Reports made by that day, each with what was said last: that it runs."""
    first = aliased(AdoptionReport)
    asked = exists().where(ReportQuestion.report_id == first.id, ReportQuestion.months == months)
    query = (
        select(first, AdoptionReport)
        .join(first, first.id == func.coalesce(AdoptionReport.follows_id, AdoptionReport.id))
        .where(
            AdoptionReport.outcome == AdoptionOutcome.RUNNING,
            AdoptionReport.stands,
            first.reported_on <= latest,
            ~asked,
        )
        .order_by(first.reported_on, first.id)
        .limit(BATCH)
    )
    return [(one, last) for one, last in db.session.execute(query)]


def _mark(first: AdoptionReport, months: int) -> bool:
    row = {"report_id": first.id, "months": months, "asked_at": clock.now()}
    return bool(insert_new(ReportQuestion, [row], ReportQuestion.report_id))


def _can_answer(report: AdoptionReport) -> bool:
    actor = actor_of(report.reporter_id)
    if actor is None:
        return False
    lesson = db.session.scalar(select(Lesson).where(Lesson.id == report.lesson_id, sees(Lesson, actor)))
    return (
        lesson is not None and bool(may_report(actor, lesson)) and report.city in speaking.cities_of(actor.id)
    )
