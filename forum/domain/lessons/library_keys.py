"""What the orders of the library and its filter by where a lesson was applied go by, kept beside lessons and reports.

It is what every reader of a lesson reads on its card, so it is the same for all of them and tells nobody more. It hangs
on the flush of the session and not on the verbs: reports also begin to count below lessons, when somebody confirms a
capacity. A bulk update goes past it, so of these columns there is none. `flask lesson recount` makes it anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, event, inspect, select, update
from sqlalchemy.orm import Session, UOWTransaction

from forum.domain.lessons import origin_queries, page_queries
from forum.domain.lessons.adoptions import lighting
from forum.domain.lessons.origin_filters import due_before
from forum.infra.db import db
from forum.infra.in_lists import in_list
from forum.models.accounts import Capacity
from forum.models.adoptions import AdoptionReport
from forum.models.lessons import Confidence, Lesson, LessonVersion

BATCH = 500
# What changes them: of which rows which columns.
_CHANGES: dict[type[Any], tuple[str, ...]] = {
    Lesson: ("current_id", "review_on"),
    AdoptionReport: ("city", "reported_on", "capacity_id", "reporter_id", "outcome"),
    Capacity: ("confirmed_at", "counts_until", "body", "city"),
}
_RANKS = {confidence: rank for rank, confidence in enumerate(Confidence)}


class Keys(NamedTuple):
    """What the orders go by: in how many cities a lesson was applied, how certain it is, in which quarter it is due.

    `fresh` is 0 once all readers know that it is due: `ageing.sink_due` sees to what becomes so by the calendar.
    """

    applied_in: int
    certainty: int
    due_quarter: int
    fresh: int


def init_app() -> None:
    """Follow what the session writes from now on."""
    if not event.contains(Session, "after_flush", _follow):
        event.listen(Session, "after_flush", _follow)


def recount_all() -> None:
    """Make the keys of every lesson anew, and which reports light their city."""
    last_id = 0
    while ids := db.session.scalars(
        select(Lesson.id).where(Lesson.id > last_id).order_by(Lesson.id).limit(BATCH)
    ).all():
        _keep(db.session.connection(), ids)
        last_id = ids[-1]
    db.session.expire_all()


def wrong(first_id: int, last_id: int) -> list[int]:
    """Return the ids of lessons among those whose keys, or the marks of whose reports, are not what rows say."""
    lessons = db.session.execute(_lessons(Lesson.id.between(first_id, last_id))).all()
    reports = db.session.execute(_reports(AdoptionReport.lesson_id.between(first_id, last_id))).all()
    keys, marks = _differing(lessons, reports)
    kept = {row.id: tuple(getattr(row, name) for name in Keys._fields) for row in lessons}
    # That readers know it is due since today, the calendar keeps within the hour.
    keys = {
        row_id: found
        for row_id, found in keys.items()
        if found[:-1] != kept[row_id][:-1] or found.fresh > kept[row_id][-1]
    }
    return sorted({*keys, *(report.lesson_id for report in reports if report.id in marks)})


def _follow(session: Session, _context: UOWTransaction) -> None:
    """Keep what hangs on the rows that this flush has written."""
    changed: defaultdict[type[Any], set[int]] = defaultdict(set)
    for row in (*session.new, *session.dirty, *session.deleted):
        if _is_changed(row, session):
            changed[type(row)].add(row.lesson_id if isinstance(row, AdoptionReport) else row.id)
    if not changed:
        return
    connection = session.connection()
    lesson_ids = changed[Lesson] | changed[AdoptionReport]
    if changed[Capacity]:
        reported = connection.execute(_REPORTED, {"capacity_ids": sorted(changed[Capacity])})
        lesson_ids |= set(reported.scalars())
    if lesson_ids:
        _keep(connection, sorted(lesson_ids))


def _is_changed(row: Any, session: Session) -> bool:
    columns = _CHANGES.get(type(row), ())
    if not columns or row in session.deleted:
        return isinstance(row, AdoptionReport)
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in columns)


def _keep(connection: Connection, lesson_ids: Sequence[int]) -> None:
    """Write what differs of these lessons, given in their order, which are locked first: reports may come meanwhile."""
    values = {"lesson_ids": list(lesson_ids)}
    connection.execute(_LOCK, values)
    lessons = connection.execute(_LESSONS, values).all()
    keys, marks = _differing(lessons, connection.execute(_REPORTS, values).all())
    if keys:
        connection.execute(_SET_KEYS, [{"row_id": row_id, **each._asdict()} for row_id, each in keys.items()])
    if marks:
        connection.execute(_MARK, [{"row_id": row_id, "mark": lights} for row_id, lights in marks.items()])


def _differing(lessons: Iterable[Any], reports: Iterable[Any]) -> tuple[dict[int, Keys], dict[int, bool]]:
    """The keys of the lessons that have others, and of reports with another mark whether they light their city."""
    reports = list(reports)
    lit = {report.id: report for report in lighting(reports)}
    cities: defaultdict[int, set[str]] = defaultdict(set)
    for report in lit.values():
        cities[report.lesson_id].add(report.city)
    keys = {
        row.id: found
        for row in lessons
        if (found := _of(row, cities[row.id])) != tuple(getattr(row, name) for name in Keys._fields)
    }
    return keys, {one.id: one.id in lit for one in reports if one.lights != (one.id in lit)}


def _of(row: Any, cities: set[str]) -> Keys:
    day: date | None = row.review_on
    quarter = Lesson.NO_QUARTER if day is None else day.year * 4 + (day.month - 1) // 3
    fresh = int(day is None or day >= due_before(hidden=row.is_masked))
    return Keys(len(cities), _RANKS.get(row.confidence, 0), quarter, fresh)


def _lessons(among: ColumnElement[bool]) -> Select[Any]:
    query: Any = (
        select(
            Lesson.id,
            LessonVersion.confidence,
            Lesson.review_on,
            origin_queries.is_masked().label("is_masked"),
            *(getattr(Lesson, name) for name in Keys._fields),
        )
        .outerjoin(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(among)
        .order_by(Lesson.id)
    )
    return cast(Select[Any], query)


def _reports(among: ColumnElement[bool]) -> Select[Any]:
    query: Any = select(*page_queries.REPORT, AdoptionReport.lights)
    query = query.outerjoin(Capacity, Capacity.id == AdoptionReport.capacity_id).where(among)
    return cast(Select[Any], query.order_by(AdoptionReport.reported_on, AdoptionReport.id))


_AMONG = in_list(Lesson.id, "lesson_ids")
# Apart from what is read: a lesson that somebody else changed meanwhile would be read with its version of before.
_LOCK = select(Lesson.id).where(_AMONG).order_by(Lesson.id).with_for_update()
_LESSONS = _lessons(_AMONG)
_REPORTS = _reports(in_list(AdoptionReport.lesson_id, "lesson_ids"))
_REPORTED = (
    select(AdoptionReport.lesson_id).where(in_list(AdoptionReport.capacity_id, "capacity_ids")).distinct()
)
_ROW_ID = bindparam("row_id", type_=Integer)
_LESSON_ROWS: Any = Lesson.__table__
_REPORT_ROWS: Any = AdoptionReport.__table__
_SET_KEYS = (
    update(_LESSON_ROWS).where(Lesson.id == _ROW_ID).values({name: bindparam(name) for name in Keys._fields})
)
_MARK = update(_REPORT_ROWS).where(AdoptionReport.id == _ROW_ID).values(lights=bindparam("mark"))
