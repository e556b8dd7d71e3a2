"""The queries of cahiers: which ones a reader sees, and which of their lessons."""

from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from forum.models.accounts import Member
from forum.models.cahiers import Cahier, CahierLesson
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience
from forum.policy.readers import reader_param
from forum.policy.standing import active, full
from forum.policy.visibility import Reader, sees


def is_seen(reader: Reader | None) -> ColumnElement[bool]:
    """Return whether a reader is in the audience of a cahier and sees a lesson in it: without one there is none."""
    lesson = select(CahierLesson.id).where(CahierLesson.cahier_id == Cahier.id, holds(reader))
    return and_(_is_for(reader), lesson.correlate(Cahier).exists())


def holds(reader: Reader | None) -> ColumnElement[bool]:
    """Return whether a reader sees the lesson of a row of `CahierLesson`."""
    seen = select(Lesson.id).where(
        Lesson.id == CahierLesson.lesson_id, Lesson.current_id.is_not(None), sees(Lesson, reader)
    )
    return seen.correlate(CahierLesson).exists()


def listed(*, signed_in: bool, edits: bool) -> Select[Any]:
    """Select all cahiers that a reader sees, with how many lessons they see there; for editors all there are."""
    reader = reader_param(signed_in)
    number = select(func.count()).where(CahierLesson.cahier_id == Cahier.id, holds(reader))
    query: Any = select(
        Cahier.id,
        Cahier.slug,
        Cahier.title,
        Cahier.html,
        Cahier.audience,
        Member.name.label("editor"),
        number.correlate(Cahier).scalar_subquery().label("number"),
    ).join(Member, Member.id == Cahier.editor_id)
    return cast(Select[Any], query if edits else query.where(is_seen(reader)))


def lessons(*, signed_in: bool) -> Select[Any]:
    """Select the lessons of a cahier that a reader sees, in their order, with the pinned and the current version."""
    current = select(LessonVersion.number).where(LessonVersion.id == Lesson.current_id)
    query: Any = (
        select(
            CahierLesson.id,
            CahierLesson.why,
            CahierLesson.version_id,
            Lesson.ended_as,
            Lesson.ended_reason,
            Lesson.disputed_at,
            Lesson.public_id,
            Lesson.audience,
            LessonVersion.title,
            LessonVersion.number,
            current.correlate(Lesson).scalar_subquery().label("current"),
        )
        .join(Lesson, Lesson.id == CahierLesson.lesson_id)
        .join(LessonVersion, LessonVersion.id == CahierLesson.version_id)
        .where(Lesson.current_id.is_not(None), sees(Lesson, reader_param(signed_in)))
        .order_by(CahierLesson.position, CahierLesson.id)
    )
    return cast(Select[Any], query)


def _is_for(reader: Reader | None) -> ColumnElement[bool]:
    public = Cahier.audience == Audience.PUBLIC
    if reader is None:
        return public
    reader_id: Any = reader.id
    return or_(public, and_(active(reader_id), full(reader_id)))
