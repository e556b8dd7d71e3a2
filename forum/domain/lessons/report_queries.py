"""The queries of reports on a lesson that its reader may see, with what was foretold as far as they may read it.

What is not due is not even read from the database for anybody but its author. `reader_values` and the named parameters
are filled in when they run.
"""

from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from forum.domain.lessons.adoptions import written
from forum.domain.people import bylines
from forum.infra.statements import cached
from forum.models.accounts import Capacity, Member
from forum.models.adoptions import AdoptionReport
from forum.models.foretellings import Foretelling
from forum.models.lessons import LessonSource
from forum.models.threads import Post, Thread
from forum.policy.readers import reader_param
from forum.policy.visibility import sees

LESSON_ID = bindparam("lesson_id", type_=Integer)
TODAY: Any = bindparam("today", type_=Date)
ORDER = (AdoptionReport.reported_on, AdoptionReport.id)
WORDS = ("problem", "what_was_done", "what_changed", "left_out", "differs", "what_came")
_FIRST, _OTHER = aliased(AdoptionReport), aliased(Foretelling)
_FACTS = ("id", "report_id", "due_on", "sha256", "sealed_at", "withdrawn_at")
_SEALED = ("expected", "stop_when", "salt")


def foretold(signed_in: bool) -> list[Any]:
    """Return the columns of what was foretold: its words only once it is due, or for its author."""
    reader = reader_param(signed_in)
    own: Any = Foretelling.author_id == reader.id if reader is not None else false()
    is_open = and_(Foretelling.due_on <= TODAY, Foretelling.withdrawn_at.is_(None))
    facts = [getattr(Foretelling, name).label(f"foretold_{name}") for name in _FACTS]
    sealed = [
        case((or_(is_open, own), getattr(Foretelling, name)), else_=literal("")).label(f"foretold_{name}")
        for name in _SEALED
    ]
    marks = (is_open.label("foretold_is_open"), own.label("foretold_is_own"), _others_withdrawn())
    return [*facts, *sealed, *marks]


def _others_withdrawn() -> Any:
    """How much else its author foretold of the lesson and took back: of many, one comes true by chance."""
    others = select(func.count()).where(*_by_the_same(), _OTHER.id != Foretelling.id)
    return others.correlate(Foretelling).scalar_subquery().label("foretold_others")


def _by_the_same() -> tuple[ColumnElement[bool], ...]:
    same = (_OTHER.lesson_id == Foretelling.lesson_id, _OTHER.author_id == Foretelling.author_id)
    return (*same, _OTHER.withdrawn_at.is_not(None))


@cached
def standing(signed_in: bool, goes_on: bool) -> Select[Any]:
    """What each reporter of the lesson said last, the newest first, at most `limit`; going on, those before `after`."""
    query = _reports(signed_in).where(AdoptionReport.stands)
    if goes_on:
        after = bindparam("after", type_=Integer)
        day = select(_FIRST.reported_on).where(_FIRST.id == after).correlate(None).scalar_subquery()
        at = AdoptionReport.reported_on
        query = query.where(or_(at < day, and_(at == day, AdoptionReport.id < after)))
    return _newest(query)


@cached
def latest(signed_in: bool) -> Select[Any]:
    """The same, with the outcomes of all of them and the cities that they light."""
    outcomes = select(func.aggregate_strings(AdoptionReport.outcome, ","))
    outcomes = outcomes.where(AdoptionReport.lesson_id == LESSON_ID, AdoptionReport.stands).correlate(None)
    query: Any = _reports(signed_in).where(AdoptionReport.stands)
    return _newest(query.add_columns(outcomes.scalar_subquery().label("outcomes"), written(LESSON_ID)))


def _newest(query: Select[Any]) -> Select[Any]:
    return query.order_by(*(key.desc() for key in ORDER)).limit(bindparam("limit", type_=Integer))


@cached
def course(signed_in: bool) -> Select[Any]:
    """The report `report_id` of the lesson, with all that went before it and after it, the newest first."""
    this = select(func.coalesce(_FIRST.follows_id, _FIRST.id)).where(
        _FIRST.id == bindparam("report_id", type_=Integer), _FIRST.lesson_id == LESSON_ID
    )
    first = this.correlate(None).scalar_subquery()
    query = _reports(signed_in).where(or_(AdoptionReport.id == first, AdoptionReport.follows_id == first))
    return query.order_by(*(key.desc() for key in ORDER))


@cached
def orphans(signed_in: bool) -> Select[Any]:
    """What was foretold of the lesson whose report was taken back, the newest first.

    Of what one person took back, which has no words, the last alone: it says how many there are.
    """
    later = select(_OTHER.id).where(*_by_the_same(), _OTHER.report_id.is_(None), _OTHER.id > Foretelling.id)
    is_last = or_(Foretelling.withdrawn_at.is_(None), ~later.correlate(Foretelling).exists())
    query: Any = select(Foretelling.city, *foretold(signed_in)).where(
        Foretelling.lesson_id == LESSON_ID, Foretelling.report_id.is_(None), is_last
    )
    return cast(Select[Any], query.order_by(Foretelling.sealed_at.desc(), Foretelling.id.desc()).limit(20))


@cached
def one_foretold(signed_in: bool) -> Select[Any]:
    """What `foretelling_id` foretold of the lesson."""
    query: Any = select(Foretelling.city, *foretold(signed_in), *bylines.COLUMNS).join(
        Member, Member.id == Foretelling.author_id
    )
    query = query.outerjoin(Capacity, Capacity.id == Foretelling.capacity_id)
    return cast(
        Select[Any],
        query.where(
            Foretelling.lesson_id == LESSON_ID, Foretelling.id == bindparam("foretelling_id", type_=Integer)
        ),
    )


def _reports(signed_in: bool) -> Select[Any]:
    reader = reader_param(signed_in)
    source = exists().where(LessonSource.lesson_id == LESSON_ID, LessonSource.thread_id == Thread.id)
    query: Any = (
        select(
            *ORDER,
            *(getattr(AdoptionReport, name) for name in WORDS),
            AdoptionReport.city,
            AdoptionReport.outcome,
            AdoptionReport.spoke,
            AdoptionReport.advice,
            AdoptionReport.changed_on,
            AdoptionReport.reporter_id,
            AdoptionReport.stands,
            AdoptionReport.lights,
            AdoptionReport.follows_id,
            _FIRST.reported_on.label("first_on"),
            _FIRST.outcome.label("first_outcome"),
            Thread.id.label("thread_id"),
            Thread.slug,
            Post.number,
            source.correlate(Thread).label("in_source"),
            *foretold(signed_in),
            *bylines.COLUMNS,
        )
        .join(Member, Member.id == AdoptionReport.reporter_id)
        .outerjoin(Capacity, Capacity.id == AdoptionReport.capacity_id)
        .outerjoin(_FIRST, _FIRST.id == AdoptionReport.follows_id)
        .outerjoin(
            Foretelling,
            Foretelling.report_id == func.coalesce(AdoptionReport.follows_id, AdoptionReport.id),
        )
        .outerjoin(Post, Post.id == AdoptionReport.post_id)
        .outerjoin(Thread, and_(Thread.id == Post.thread_id, sees(Thread, reader)))
        .where(AdoptionReport.lesson_id == LESSON_ID, sees(AdoptionReport, reader))
    )
    return cast(Select[Any], query)
