"""The lessons made from a thread, as its page shows them: one query, built once, since that page is read most."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, not_, or_, select

from forum.domain.lessons import adoptions, origin, page_queries
from forum.domain.lessons.listed import listed
from forum.infra.db import db
from forum.infra.in_lists import in_list, in_rows
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity
from forum.models.adoptions import AdoptionReport
from forum.models.claims import Excerpt
from forum.models.lessons import Lesson, LessonSource, LessonVersion
from forum.models.spaces import Audience
from forum.models.threads import Outcome, Thread
from forum.policy import readers
from forum.policy.actors import Actor
from forum.policy.visibility import Reader, reached, sees

_THREAD_ID = bindparam("thread_id", type_=Integer)


@dataclass(slots=True)
class ThreadLesson:
    """A lesson above the thread that it was made from; `adoptions` from old to new."""

    public_id: str
    title: str
    cities_back: list[str]
    is_note: bool = False  # of a discussion
    adoptions: list[tuple[str, str]] = field(default_factory=list)


def lessons_of_thread(reader: Actor | None, thread_id: int) -> list[ThreadLesson]:
    """Return the published lessons of a thread that the reader may see, the latest changed first."""
    values = {**readers.reader_values(reader), "thread_id": thread_id}
    rows = select_rows(_lessons(reader is not None), values).all()
    lessons = {row.key: ThreadLesson(row.public_id, row.title, row.cities, row.is_note) for row in rows}
    for row in adoptions.lighting(rows):
        lessons[row.key].adoptions.append((row.city, row.outcome.value))
    return list(lessons.values())


@cached
def _lessons(signed_in: bool) -> Select[Any]:
    reader = readers.reader_param(signed_in)
    # A report on a lesson is for who may read the lesson, so the rule of the lesson covers both.
    query: Any = (
        select(
            Lesson.id.label("key"),
            Lesson.public_id,
            LessonVersion.title,
            origin.CITIES,
            (LessonVersion.outcome == Outcome.DISCUSSION).label("is_note"),
            *page_queries.REPORT,
            AdoptionReport.outcome,
        )
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .join(LessonSource, LessonSource.lesson_id == Lesson.id)
        .outerjoin(AdoptionReport, AdoptionReport.lesson_id == Lesson.id)
        .outerjoin(Capacity, Capacity.id == AdoptionReport.capacity_id)
        .where(LessonSource.thread_id == _THREAD_ID, listed(), leads_to(reader, _THREAD_ID))
        .order_by(*(key.desc() for key in origin.LATEST), AdoptionReport.reported_on, AdoptionReport.id)
    )
    return cast(Select[Any], query)


def is_led_to(reader: Actor, lesson_id: int, thread_id: int) -> bool:
    """Return whether the reader may be led from a thread to a published lesson that was made from it."""
    query = select(Lesson.id).where(Lesson.id == lesson_id, listed(), leads_to(reader, thread_id))
    return db.session.scalar(query) is not None


def has_lesson(reader: Reader | None) -> ColumnElement[bool]:
    """Return whether a published lesson of a thread may stand with it for the reader, for queries on `Thread`."""
    made = select(LessonSource.lesson_id).join(Lesson, Lesson.id == LessonSource.lesson_id)
    made = made.where(LessonSource.thread_id == Thread.id, listed(), leads_to(reader, Thread.id))
    return made.correlate(Thread).exists()


def with_lesson(reader: Reader | None, threads: Select[Any]) -> Select[Any]:
    """Select those of some threads, given by their ids, of which `has_lesson` holds: all of them looked up at once."""
    return (
        select(LessonSource.thread_id)
        .join(Thread, Thread.id == LessonSource.thread_id)
        .join(Lesson, Lesson.id == LessonSource.lesson_id)
        .where(
            in_rows(LessonSource.thread_id, threads),
            listed(),
            leads_to(reader, Thread.id),
        )
    )


def titles(reader: Actor | None, thread_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Return the public ids and titles of the lessons of those threads, by thread, the latest first (one query).

    The threads are ones that the reader may see.
    """
    found: dict[int, list[tuple[str, str]]] = {}
    values = {**readers.reader_values(reader), "thread_ids": list(thread_ids)}
    for row in select_rows(_titles(reader is not None), values) if thread_ids else ():
        found.setdefault(row.thread_id, []).append((row.public_id, row.title))
    return found


@cached
def _titles(signed_in: bool) -> Select[Any]:
    reader = readers.reader_param(signed_in)
    query: Any = (
        select(Thread.id.label("thread_id"), Lesson.public_id, LessonVersion.title)
        .join(LessonSource, LessonSource.thread_id == Thread.id)
        .join(Lesson, Lesson.id == LessonSource.lesson_id)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(
            in_list(Thread.id, "thread_ids"),
            sees(Thread, reader),
            listed(),
            leads_to(reader, Thread.id),
        )
        .order_by(*(key.desc() for key in origin.LATEST))
    )
    return cast(Select[Any], query)


def leads_to(reader: Reader | None, thread_id: Any) -> ColumnElement[bool]:
    """Whether the reader may be led from the thread to the lesson, as they are from its page to the thread.

    It does not lead there where that would lead to who is masked.
    """
    # What stands by a consent is in nobody's right, unless its thread was the space's own.
    by_right = (
        or_(Excerpt.consent_id.is_(None), Excerpt.right_audience == Audience.SPACE),
        reached(Excerpt.right_audience, Excerpt.right_space_id, reader),
    )
    return and_(
        sees(Lesson, reader),
        page_queries.is_source(Lesson.current_id, thread_id),
        or_(
            not_(origin.is_hidden(reader)),
            page_queries.quotes(Lesson.current_id, thread_id, *by_right),
        ),
    )
