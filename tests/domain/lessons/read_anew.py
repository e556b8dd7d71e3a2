"""What the library and the map of what there is show, found by reading everything: what is kept has to say the same."""

from collections import Counter

from sqlalchemy import Integer, case, cast, extract, func, literal, select
from sqlalchemy.orm import aliased

from forum.domain.lessons import library_choice, of_thread, origin, page_queries
from forum.domain.lessons.library_sorts import APPLIED, CERTAIN, DUE, LATEST
from forum.domain.lessons.origin_filters import due_before
from forum.domain.threads.list_queries import FILTERS
from forum.infra import days
from forum.infra.db import db
from forum.infra.paging import LARGEST
from forum.models.accounts import Capacity
from forum.models.adoptions import AdoptionReport
from forum.models.lessons import Confidence, Lesson, LessonVersion
from forum.models.threads import Thread, ThreadCity
from forum.policy.visibility import sees


def _lit():
    """Of each lesson the cities in which it was applied: of each person the one they reported on first."""
    first = func.row_number().over(
        partition_by=(AdoptionReport.lesson_id, AdoptionReport.reporter_id),
        order_by=(AdoptionReport.reported_on, AdoptionReport.id),
    )
    reports = (
        select(AdoptionReport.lesson_id, AdoptionReport.city, first.label("place"))
        .outerjoin(Capacity, Capacity.id == AdoptionReport.capacity_id)
        .where(page_queries.COUNTS)
        .subquery()
    )
    return select(reports.c.lesson_id, reports.c.city).where(reports.c.place == 1).distinct().subquery()


LIT, _VERSION = _lit(), aliased(LessonVersion)
_CITIES = select(func.count()).where(LIT.c.lesson_id == Lesson.id).correlate(Lesson).scalar_subquery()
_RANKS = [(LessonVersion.confidence == each, place) for place, each in enumerate(Confidence)]
_YEAR, _MONTH = (cast(extract(part, Lesson.review_on), Integer) for part in ("year", "month"))
_QUARTER = func.coalesce(_YEAR * 4 + (_MONTH - 1) // 3, literal(LARGEST))
# Masked in any version, readers know the quarter alone, which is over first.
_MASKED = select(func.count()).where(
    _VERSION.lesson_id == Lesson.id, _VERSION.number.is_not(None), _VERSION.masked
)
_SINCE = case((_MASKED.correlate(Lesson).scalar_subquery() > 0, due_before(hidden=True)), else_=days.today())
_FRESH = case((Lesson.review_on < _SINCE, 0), else_=1)
FIRST = {LATEST: (_FRESH,), APPLIED: (_CITIES,), CERTAIN: (case(*_RANKS, else_=0),), DUE: (_QUARTER,)}


def cities_of_lessons():
    """The pairs of a lesson and a city in which it was applied."""
    return {tuple(row) for row in db.session.execute(select(LIT.c.lesson_id, LIT.c.city))}


def keys_of_lessons():
    """By lesson in how many cities it was applied, how certain it is in which quarter it is due, and
    whether readers know that it is."""
    columns = (column for sort in (APPLIED, CERTAIN, DUE, LATEST) for column in FIRST[sort])
    query = select(Lesson.id, *columns).outerjoin(LessonVersion, LessonVersion.id == Lesson.current_id)
    return {row[0]: tuple(row[1:]) for row in db.session.execute(query)}


def _chosen(reader, choice, *columns):
    kinds = [kind for kind in library_choice.KINDS if kind != "applied"]
    found = (
        select(*columns)
        .select_from(Lesson)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(sees(Lesson, reader), *library_choice.conditions(choice.of_these(kinds)).values())
    )
    for city in choice.applied:
        found = found.where(Lesson.id.in_(select(LIT.c.lesson_id).where(LIT.c.city == city)))
    return found


def lessons(reader, choice, sort):
    """The ids of all lessons of the library in that order."""
    keys = (*FIRST[sort], Lesson.changed_at, Lesson.id)
    query = _chosen(reader, choice, Lesson.id)
    return list(db.session.scalars(query.order_by(*(key if sort == DUE else key.desc() for key in keys))))


def counts(reader, choice):
    """How many lessons there are, and for each value of a filter with what is chosen of the others."""
    found = {("total", ""): len(lessons(reader, choice, LATEST))}
    for kind, values in library_choice.KNOWN.items():
        for value in values:
            one = choice.without(kind).toggled(kind, value)
            found[kind, value] = len(lessons(reader, one, LATEST))
    return found


def coverage(reader, city):
    """The numbers of each cell: lessons, those past their day, threads without one and those without an answer."""
    cells, choice = Counter(), library_choice.Choice(city=(city,) if city else ())
    for row in db.session.execute(
        _chosen(
            reader,
            choice,
            LessonVersion.axis,
            LessonVersion.needs,
            Lesson.review_on,
            origin.is_hidden(reader).label("hidden"),
        )
    ):
        day, today = row.review_on, days.today()
        is_due = day is not None and day < today
        if row.hidden and is_due:  # whoever gets its quarter alone sees it once that is over
            is_due = (day.year, (day.month - 1) // 3) < (today.year, (today.month - 1) // 3)
        for need in set(row.needs):
            cells[row.axis, need, "lessons"] += 1
            cells[row.axis, need, "overdue"] += is_due
    threads = select(Thread.axis, Thread.need, FILTERS["open"].label("is_open")).where(
        sees(Thread, reader), Thread.withdrawn_at.is_(None), ~of_thread.has_lesson(reader)
    )
    if city:
        threads = threads.where(Thread.id.in_(select(ThreadCity.thread_id).where(ThreadCity.city == city)))
    for row in db.session.execute(threads):
        cells[row.axis, row.need, "threads"] += 1
        cells[row.axis, row.need, "unanswered"] += bool(row.is_open)
    return +cells
