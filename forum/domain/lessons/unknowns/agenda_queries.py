"""The queries of the agenda: the questions of lessons that a reader may see, and the cities that share them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from forum.domain.lessons import origin_filters, origin_queries
from forum.domain.lessons.listed import listed as is_listed
from forum.domain.people.capacities import lit_city
from forum.models.accounts import Capacity
from forum.models.lessons import Lesson, LessonVersion
from forum.models.unknowns import Unknown, UnknownSharing
from forum.policy.visibility import Reader, sees

_CITY: Any = lit_city(UnknownSharing.said_at)
_ANSWER = aliased(LessonVersion)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which questions are shown: on an axis, of one lesson by its public id, shared by a city; nothing: all of them."""

    axis: str = ""
    lesson: str = ""
    city: str = ""


def seen(reader: Reader | None) -> Any:
    """Select the questions of published lessons that the reader may see, open or answered."""
    return _of_seen(select(Unknown), reader).where(_is_shown())


def listed(reader: Reader | None, choice: Choice, *, answered: bool) -> Any:
    """Return the ids of the questions of one group, with the number of cities that share each, as a subquery."""
    query = _of_seen(select(Unknown.id, Unknown.ended_at, _city_count().label("number")), reader)
    query = query.join(LessonVersion, LessonVersion.id == Lesson.current_id)
    group = Unknown.answered_by_id.is_not(None) if answered else Unknown.ended_at.is_(None)
    return query.where(group, *_chosen(choice)).subquery()


def rows(reader: Reader | None, found: Any) -> Select[Any]:
    """Select all that a list shows of the questions in `found`."""
    member_id = reader.id if reader is not None else None
    own = exists().where(UnknownSharing.unknown_id == Unknown.id, UnknownSharing.member_id == member_id)
    query: Any = (
        select(
            Unknown.id,
            Unknown.text,
            Unknown.ended_at,
            found.c.number,
            Lesson.public_id,
            LessonVersion.title,
            LessonVersion.axis,
            _ANSWER.number.label("answered_by"),
            origin_queries.is_hidden(reader).label("is_hidden"),
            origin_filters.is_due(reader).label("is_due"),
            _cities().label("cities"),
            own.correlate(Unknown).label("is_own"),
        )
        .join(found, found.c.id == Unknown.id)
        .join(Lesson, Lesson.id == Unknown.lesson_id)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .outerjoin(_ANSWER, _ANSWER.id == Unknown.answered_by_id)
    )
    return query


def counts(reader: Reader | None, choice: Choice, city: str | None) -> Select[Any]:
    """Count the questions that the reader may see: by axis the open ones, those shared by a city, and those answered.

    Narrowed by the lesson that is chosen; what is chosen of the axes is for whoever adds them up.
    """
    is_open = Unknown.ended_at.is_(None)
    ours = and_(is_open, _is_shared_by(city or ""))
    answered = Unknown.answered_by_id.is_not(None)
    columns = (func.count().filter(each) for each in (is_open, ours, answered))
    query: Any = _of_seen(select(LessonVersion.axis, *columns).select_from(Unknown), reader)
    query = query.join(LessonVersion, LessonVersion.id == Lesson.current_id)
    return query.where(_is_shown(), *_chosen(Choice(lesson=choice.lesson))).group_by(LessonVersion.axis)


def shared_cities(version: Any) -> ColumnElement[str | None]:
    """Return the cities that share an open question of the lesson of a version, as one text, for a query of both."""
    query = (
        select(func.aggregate_strings(_CITY, " "))
        .select_from(Unknown)
        .join(UnknownSharing, UnknownSharing.unknown_id == Unknown.id)
        .join(Capacity, Capacity.id == UnknownSharing.capacity_id)
        .where(Unknown.lesson_id == version.lesson_id, Unknown.ended_at.is_(None))
    )
    return query.correlate(version).scalar_subquery().label("shared")


def _of_seen(query: Any, reader: Reader | None) -> Any:
    joined = query.join(Lesson, Lesson.id == Unknown.lesson_id)
    return joined.where(is_listed(), sees(Lesson, reader))


def _is_shown() -> ColumnElement[bool]:
    """Whether a question is open or answered: what was left out is nowhere."""
    return or_(Unknown.ended_at.is_(None), Unknown.answered_by_id.is_not(None))


def _chosen(choice: Choice) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if choice.axis:
        conditions.append(LessonVersion.axis == choice.axis)
    if choice.lesson:
        conditions.append(Lesson.public_id == choice.lesson)
    if choice.city:
        conditions.append(_is_shared_by(choice.city))
    return conditions


def _is_shared_by(city: str) -> ColumnElement[bool]:
    said = (
        select(UnknownSharing.unknown_id)
        .join(Capacity, Capacity.id == UnknownSharing.capacity_id)
        .where(UnknownSharing.unknown_id == Unknown.id, city == _CITY)
    )
    return said.correlate(Unknown).exists()


def _sharing(column: Any) -> Any:
    return (
        select(column)
        .select_from(UnknownSharing)
        .join(Capacity, Capacity.id == UnknownSharing.capacity_id)
        .where(UnknownSharing.unknown_id == Unknown.id)
        .correlate(Unknown)
        .scalar_subquery()
    )


def _city_count() -> Any:
    return _sharing(func.count(_CITY.distinct()))


def _cities() -> Any:
    return _sharing(func.aggregate_strings(_CITY, " "))
