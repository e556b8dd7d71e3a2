"""The queries of a lesson's page, each built once for visitors and once for members, with the visibility rule in them.

Building one costs more than asking the database. `reader_values` and the named parameters are filled in when they run.
"""

from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Select, String, and_, bindparam, false, func, or_, select

from forum.domain.lessons import making
from forum.domain.lessons.origin_queries import CITIES, is_hidden
from forum.domain.lessons.unknowns import agenda_queries
from forum.domain.mailing import unread_notices
from forum.infra.in_lists import in_list
from forum.infra.statements import cached
from forum.models.accounts import Capacity
from forum.models.adoptions import AdoptionOutcome, AdoptionReport
from forum.models.claims import Claim, Excerpt
from forum.models.disputes import CounterEvidence
from forum.models.lessons import Lesson, LessonSource, LessonVersion
from forum.models.notifications import Notification
from forum.models.themes import LessonTag
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.answering import of_a_city
from forum.policy.readers import reader_param
from forum.policy.visibility import sees

_LESSON_ID = bindparam("lesson_id", type_=Integer)

# Whether a report, with its capacity (outer), counts: made in one of its city that counts, or before there was
# confirmation. Who considered a lesson and left it did not apply it.
_OF_ITS_CITY = and_(Capacity.confirmed_at.is_not(None), of_a_city(), Capacity.city == AdoptionReport.city)
_SAID_IN = or_(_OF_ITS_CITY, Capacity.counts_until >= AdoptionReport.reported_on)
COUNTS = func.coalesce(and_(_SAID_IN, AdoptionReport.outcome != AdoptionOutcome.NOT_DONE), false())
REPORT = (
    AdoptionReport.id,
    AdoptionReport.lesson_id,
    AdoptionReport.reporter_id,
    AdoptionReport.city,
    COUNTS.label("counts"),
)


@cached
def published(signed_in: bool, numbered: bool) -> Select[Any]:
    """The lesson with `public_id`, its current version or the one with `number`, its tags, whether it is hidden from
    the reader where it comes from, whether they were told of it and have not read that, whether something was brought
    against it, the cities that share what it does not know, and whether the reader approved a version of it.
    """
    which = LessonVersion.number == bindparam("number", type_=String) if numbered else _is_current()
    reader = reader_param(signed_in)
    about = Notification.lesson_id == Lesson.id
    told = unread_notices.any_of(reader.id, about).correlate(Lesson) if reader else false()
    approved = making.approved(reader.id) if reader else false()
    beside = (told, _has_evidence(), agenda_queries.shared_cities(LessonVersion), approved)
    query: Any = (
        select(Lesson, LessonVersion, _tag_words(), is_hidden(reader).label("hidden"), *beside)
        .join(LessonVersion, and_(LessonVersion.lesson_id == Lesson.id, which))
        .where(
            Lesson.public_id == bindparam("public_id", type_=String),
            Lesson.current_id.is_not(None),
            LessonVersion.number.is_not(None),
            # A published version is read by who may read its lesson; asked of the joined row, that costs no scan.
            sees(Lesson, reader),
        )
    )
    return cast(Select[Any], query)


@cached
def titled(signed_in: bool) -> Select[Any]:
    """The published lesson with `public_id`, what it is called, and as far as the reader may know it where from."""
    reader = reader_param(signed_in)
    query: Any = (
        select(Lesson, LessonVersion.title, CITIES, is_hidden(reader).label("hidden"))
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(Lesson.public_id == bindparam("public_id", type_=String), sees(Lesson, reader))
    )
    return cast(Select[Any], query)


@cached
def working() -> Select[Any]:
    """The lesson with `lesson_id` and the version that is being made, for a member who may see it."""
    query: Any = (
        select(Lesson, LessonVersion, _tag_words())
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .where(Lesson.id == _LESSON_ID, sees(LessonVersion, reader_param(signed_in=True)))
    )
    return cast(Select[Any], query)


@cached
def sources(signed_in: bool) -> Select[Any]:
    """Every thread behind the lesson: whether the reader may see it, and whether `version_id`, published, has it."""
    columns = (Thread.id, Thread.slug, Thread.title, Thread.audience, Thread.space_id)
    stands = is_source(bindparam("version_id", type_=Integer), Thread.id)
    query: Any = (
        select(*columns, sees(Thread, reader_param(signed_in)).label("seen"), stands.label("stands"))
        .join(LessonSource, LessonSource.thread_id == Thread.id)
        .join(Lesson, Lesson.id == LessonSource.lesson_id)
        .where(Lesson.id == _LESSON_ID)
        .order_by(Thread.id)
    )
    return cast(Select[Any], query)


@cached
def sources_of_all(signed_in: bool) -> Select[Any]:
    """The same for each of the versions `version_ids`."""
    columns = (LessonVersion.id.label("version_id"), Thread.id, Thread.slug, Thread.title, Thread.audience)
    seen = sees(Thread, reader_param(signed_in)).label("seen")
    query: Any = (
        select(*columns, Thread.space_id, seen, is_source(LessonVersion.id, Thread.id).label("stands"))
        .join(Lesson, Lesson.id == LessonVersion.lesson_id)
        .join(LessonSource, LessonSource.lesson_id == Lesson.id)
        .join(Thread, Thread.id == LessonSource.thread_id)
        .where(in_list(LessonVersion.id, "version_ids"))
        .order_by(Thread.id)
    )
    return cast(Select[Any], query)


def is_source(version_id: Any, thread_id: Any) -> ColumnElement[bool]:
    """Return whether a source of the lesson is one of its published version `version_id`, for queries on Lesson.

    While another version is made, those are threads of which words stand in it: what that one adds shows nowhere.
    """
    return or_(Lesson.working_id.is_(None), quotes(version_id, thread_id))


def quotes(version_id: Any, thread_id: Any, *by: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return whether a version has words of a thread, and they stand there so.

    For queries on Lesson and Thread, and on LessonVersion where `version_id` is a column of it.
    """
    words = (
        select(Excerpt.id)
        .join(Claim, Claim.id == Excerpt.claim_id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .where(Claim.version_id == version_id, Post.thread_id == thread_id, *by)
    )
    return words.correlate(Lesson, LessonVersion, Thread).exists()


def _is_current() -> Any:
    return LessonVersion.id == Lesson.current_id


def _has_evidence() -> Any:
    """Whether anybody brought evidence against a claim of the lesson, of which its reader may not know yet."""
    brought = select(CounterEvidence.id).where(CounterEvidence.lesson_id == Lesson.id)
    return brought.correlate(Lesson).exists().label("has_evidence")


def _tag_words() -> Any:
    names = (
        select(func.aggregate_strings(LessonTag.name, "\n"))
        .where(LessonTag.version_id == LessonVersion.id)
        .correlate(LessonVersion)
    )
    return names.scalar_subquery().label("tag_words")
