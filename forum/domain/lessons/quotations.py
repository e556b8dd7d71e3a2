"""One excerpt of a lesson, for pages that show what a lesson is made of: as its own page shows it to this reader."""

from typing import Any, cast

from sqlalchemy import Integer, Select, and_, bindparam, select

from forum.domain.lessons import consent_checks, origin
from forum.domain.lessons.claim_views import excerpt_view
from forum.domain.lessons.views import ExcerptView
from forum.domain.threads import excerpts
from forum.infra.statements import cached, select_rows
from forum.models.claims import Stance
from forum.models.lessons import Lesson, LessonSource
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

SHORT = 240  # characters; what is longer stands on the page of the lesson


def quotation(reader: Actor | None, lesson_id: int) -> ExcerptView | None:
    """Return the first short excerpt that supports a claim of a published lesson (two queries, three with consents).

    None where the reader may not see the lesson, or no such words are left.
    """
    sources = select_rows(
        _sources(reader is not None), {**reader_values(reader), "lesson_id": lesson_id}
    ).all()
    if not sources:
        return None
    lesson = sources[0]
    seen = {row.thread_id for row in sources if row.thread_id is not None}
    is_complete = len(seen) == len(sources)
    given = consent_checks.Given() if is_complete else consent_checks.given(lesson_id, lesson.audience)
    claims = origin.by_right(excerpts.for_reader(reader, lesson.current_id), lesson)
    claims, terms = origin.masked_together(claims, given, lesson_id)
    if lesson.hidden:
        seen &= {quoted.thread.id for claim in claims for quoted in claim.quotes if quoted.in_right}
    views = (
        excerpt_view(quoted, seen, terms(consent_checks.key(quoted)))
        for claim in claims
        for quoted in claim.quotes
        if quoted.excerpt.stance == Stance.SUPPORTS and len(quoted.excerpt.words) <= SHORT
    )
    return next((view for view in views if view.words), None)


@cached
def _sources(signed_in: bool) -> Select[Any]:
    """The lesson once for each thread behind it; `thread_id` only where the reader may see the thread."""
    reader = reader_param(signed_in)
    query: Any = (
        select(
            Lesson.audience,
            Lesson.current_id,
            Lesson.space_id,
            Thread.id.label("thread_id"),
            origin.is_hidden(reader).label("hidden"),
        )
        .join(LessonSource, LessonSource.lesson_id == Lesson.id)
        .outerjoin(Thread, and_(Thread.id == LessonSource.thread_id, sees(Thread, reader)))
        .where(
            Lesson.id == bindparam("lesson_id", type_=Integer),
            Lesson.current_id.is_not(None),
            sees(Lesson, reader),
        )
    )
    return cast(Select[Any], query)
