"""The queries behind `origin`, each built once: whether it is kept from a reader, who made a lesson, its versions.

`reader_values` and the named parameters are filled in when they run.
"""

from typing import Any, cast

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from forum.domain.mailing import mail_policy
from forum.domain.mailing.mail_policy import Told
from forum.domain.people import bylines, capacities
from forum.infra.statements import cached
from forum.models.accounts import Capacity, Member
from forum.models.lessons import Lesson, LessonReview, LessonSource, LessonVersion, Recognition, Verdict
from forum.models.spaces import Membership, Space
from forum.models.threads import Thread
from forum.policy.readers import reader_param
from forum.policy.visibility import Reader, sees

# The cities behind a version as readers may know them: never one behind a masked source (`consent_checks.cities`).
CITIES = LessonVersion.cities
_ANY_VERSION = aliased(LessonVersion)


def is_masked() -> ColumnElement[bool]:
    """Whether a source of any published version of the lesson may not be named: old versions can be read, too."""
    masked = select(_ANY_VERSION.id).where(
        _ANY_VERSION.lesson_id == Lesson.id, _ANY_VERSION.number.is_not(None), _ANY_VERSION.masked
    )
    return masked.correlate(Lesson).exists()


def is_hidden(reader: Reader | None) -> ColumnElement[bool]:
    """Whether the origin of the lesson is kept from the reader: masked, and they stand outside any part of it."""
    if reader is None:
        return is_masked()
    unseen = (
        select(LessonSource.lesson_id)
        .join(Thread, Thread.id == LessonSource.thread_id)
        .where(LessonSource.lesson_id == Lesson.id, not_(sees(Thread, reader)))
        .correlate(Lesson, Member)
    )
    return and_(is_masked(), or_(unseen.exists(), not_(belongs(reader))))


def belongs(reader: Reader) -> ColumnElement[bool]:
    """Whether the reader belongs to the space of the lesson."""
    role = select(Membership.id).where(
        Membership.space_id == Lesson.space_id,
        Membership.member_id == reader.id,
        sees(Membership, reader),
    )
    return role.correlate(Lesson, Member).exists()


@cached
def history(signed_in: bool) -> Select[Any]:
    """The published versions of the lesson `lesson_id` that the reader may see, the newest first."""
    query: Any = (
        select(LessonVersion.number, LessonVersion.published_at, LessonVersion.change_note)
        .join(Lesson, Lesson.id == LessonVersion.lesson_id)
        .where(
            Lesson.id == bindparam("lesson_id", type_=Integer),
            LessonVersion.number.is_not(None),
            sees(Lesson, reader_param(signed_in)),
        )
        .order_by(LessonVersion.sequence.desc())
    )
    return cast(Select[Any], query)


@cached
def people() -> Select[Any]:
    """The curator with the capacity of the day `then`, who checked the version, and who published the lesson last."""
    version, curator, publisher = (
        bindparam(name, type_=Integer) for name in ("version_id", "curator_id", "publisher_id")
    )
    approved = and_(LessonReview.version_id == version, LessonReview.verdict == Verdict.APPROVED)
    checked = select(LessonReview.reviewer_id.label("id")).where(approved)
    # A union of few ids, so that members are found by their key and not by reading all of them.
    named = union_all(select(curator.label("id")), select(publisher.label("id")), checked).subquery()
    spoke_as = and_(
        Capacity.member_id == Member.id,
        Member.id == curator,
        capacities.holds_on(bindparam("then", type_=Date)),
    )
    query: Any = (
        select(Member.id, Member.id.in_(checked).label("checked"), *bylines.COLUMNS)
        .where(Member.id.in_(select(named.c.id)))
        .outerjoin(Capacity, spoke_as)
        .order_by(Member.sort_key, Member.id, Capacity.starts_on, Capacity.id)
    )
    return cast(Select[Any], query)


@cached
def vouchers() -> Select[Any]:
    """Who answered that nobody would recognise who is masked in the version: the reader alone, or `everybody`."""
    query: Any = (
        select(Member.name)
        .join(LessonReview, LessonReview.reviewer_id == Member.id)
        .where(
            LessonReview.version_id == bindparam("version_id", type_=Integer),
            LessonReview.recognition == Recognition.NOBODY,
            or_(bindparam("everybody", type_=Boolean), Member.id == bindparam("reader_id", type_=Integer)),
        )
        .order_by(Member.sort_key, Member.id)
    )
    return cast(Select[Any], query)


@cached
def checkers() -> Select[Any]:
    """Who checked the version, and what made them somebody else."""
    query: Any = (
        select(Member.id, Member.name, LessonReview.basis)
        .join(LessonReview, LessonReview.reviewer_id == Member.id)
        .where(
            LessonReview.version_id == bindparam("version_id", type_=Integer),
            LessonReview.verdict == Verdict.APPROVED,
        )
        .order_by(Member.sort_key, Member.id)
    )
    return cast(Select[Any], query)


def told(lesson: Lesson, *, title: str = "", plain: str = "") -> Told:
    """Return what a mail may tell of a lesson: as the space that it comes from allows, which it does not name."""
    return mail_policy.told_in(lesson.space_id, lesson.audience, title=title, plain=plain)


def chosen_policy() -> ScalarSelect[Any]:
    """Return what may stand in mails of the space of a `Lesson`, as a column of a query: see `mail_policy.told`."""
    return select(Space.mail_policy).where(Space.id == Lesson.space_id).correlate(Lesson).scalar_subquery()
