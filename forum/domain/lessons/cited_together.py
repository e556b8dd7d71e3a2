"""What lessons and threads have to do with each other through what lessons quote, as far as a reader may be led there.

Queries for the ids of rows, for conditions of other queries, each built once; `about` is the id of the lesson or
thread that is asked about. Each way is one that `of_thread.leads_to` allows.
"""

from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, select

from forum.domain.lessons.listed import listed
from forum.domain.lessons.of_thread import leads_to
from forum.infra.in_lists import in_rows
from forum.infra.statements import cached
from forum.models.lessons import Lesson, LessonSource
from forum.models.threads import Thread
from forum.policy.readers import reader_param
from forum.policy.visibility import Reader, sees

_ABOUT = bindparam("about", type_=Integer)


@cached
def lessons_of(signed_in: bool) -> Select[tuple[int]]:
    """Return a query for the lessons to which a thread leads, which the reader may see."""
    query = (
        select(LessonSource.lesson_id)
        .join(Lesson, Lesson.id == LessonSource.lesson_id)
        .where(LessonSource.thread_id == _ABOUT, _is_led(reader_param(signed_in), _ABOUT))
    )
    return cast(Select[tuple[int]], query.correlate(None))


@cached
def threads_of(signed_in: bool) -> Select[tuple[int]]:
    """Return a query for the threads to which a lesson leads."""
    return _threads(reader_param(signed_in)).where(Lesson.id == _ABOUT)


@cached
def threads_beside(signed_in: bool) -> Select[tuple[int]]:
    """Return a query for the threads that are quoted in a lesson together with this one, which is among them."""
    together = in_rows(LessonSource.lesson_id, lessons_of(signed_in))
    return _threads(reader_param(signed_in)).where(together)


@cached
def lessons_beside(signed_in: bool) -> Select[tuple[int]]:
    """Return a query for the lessons that quote a thread together with this one, which is among them."""
    query = (
        select(LessonSource.lesson_id)
        .join(Thread, Thread.id == LessonSource.thread_id)
        .join(Lesson, Lesson.id == LessonSource.lesson_id)
        .where(
            in_rows(LessonSource.thread_id, threads_of(signed_in)),
            _is_led(reader_param(signed_in), Thread.id),
        )
    )
    return cast(Select[tuple[int]], query.correlate(None))


def _threads(reader: Reader | None) -> Any:
    query = (
        select(LessonSource.thread_id)
        .join(Thread, Thread.id == LessonSource.thread_id)
        .join(Lesson, Lesson.id == LessonSource.lesson_id)
        .where(sees(Thread, reader), _is_led(reader, Thread.id))
    )
    return query.correlate(None)


def _is_led(reader: Reader | None, thread_id: Any) -> ColumnElement[bool]:
    return and_(listed(), leads_to(reader, thread_id))
