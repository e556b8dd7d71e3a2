"""The lessons in which somebody stands by name with words of their own, as far as a reader may know both.

It says less than the pages of those lessons, never more: whoever stands masked in any published version of a lesson is
not led to from there, for nobody, and in a lesson whose origin is kept from the reader only what is in their own right.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, not_, or_, select
from sqlalchemy.orm import aliased

from forum.domain.lessons import origin, origin_queries
from forum.domain.lessons.listed import listed
from forum.domain.threads.excerpts import taken_out
from forum.infra.paging import Page, keyset
from forum.infra.statements import cached
from forum.models.claims import Claim, Excerpt
from forum.models.consents import Consent, Masking
from forum.models.lessons import Lesson, LessonVersion
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import Reader, reached, sees

_VERSION, _CLAIM, _EXCERPT = aliased(LessonVersion), aliased(Claim), aliased(Excerpt)
_REVISION, _POST, _CONSENT = aliased(PostRevision), aliased(Post), aliased(Consent)


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """Words of somebody in a lesson."""

    public_id: str
    title: str
    words: str


def words_of(
    reader: Actor, author_id: int, *, cursor: str | None = None, limit: int = 20
) -> Page[SpokenLine]:
    """Return one passage for each lesson, the latest lesson first (one query; two on later pages).

    Only for an author whom the reader finds.
    """
    rows, following = keyset(
        _words(),
        keys=origin.LATEST,
        cursor=cursor,
        limit=limit,
        values={**reader_values(reader), "author_id": author_id},
        moment_of=partial(origin.changed_at, reader),
    )
    return Page([SpokenLine(row.public_id, row.title, row.words) for row in rows], following)


@cached
def _words() -> Select[Any]:
    reader = cast(Reader, reader_param(signed_in=True))
    changed_at, lesson_id = origin.LATEST
    # First what the author said, wherever: few passages, in a network with many lessons.
    said = (
        select(_EXCERPT.id)
        .select_from(_POST)
        .join(_REVISION, _REVISION.post_id == _POST.id)
        .join(_EXCERPT, _EXCERPT.revision_id == _REVISION.id)
        .where(_POST.author_id == bindparam("author_id", type_=Integer))
        .cte("said")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    first = (
        select(Lesson.id.label("lesson_id"), func.min(Excerpt.id).label("excerpt_id"))
        .select_from(said)
        .join(Excerpt, Excerpt.id == said.c.id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .join(Claim, Claim.id == Excerpt.claim_id)
        .join(LessonVersion, LessonVersion.id == Claim.version_id)
        .join(Lesson, and_(Lesson.id == LessonVersion.lesson_id, Lesson.current_id == LessonVersion.id))
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            *_stand(), listed(), sees(Lesson, reader), Lesson.id.not_in(_masked_in(said)), _by_name(reader)
        )
        .group_by(Lesson.id)
        .subquery()
    )
    query: Any = (
        select(
            changed_at,
            lesson_id,
            Lesson.public_id,
            LessonVersion.title,
            func.coalesce(_agreed(Consent.words), Excerpt.words).label("words"),
        )
        .select_from(first)
        .join(Lesson, Lesson.id == first.c.lesson_id)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .join(Excerpt, Excerpt.id == first.c.excerpt_id)
    )
    return cast(Select[Any], query)


def _stand() -> tuple[ColumnElement[bool], ...]:
    """The words are there: neither hidden, nor taken back, nor taken out of the lesson."""
    gone = (Post.hidden_at, Post.deleted_at, Thread.hidden_at, Thread.withdrawn_at, Excerpt.removal)
    return (*(column.is_(None) for column in gone), taken_out().is_(None), Excerpt.words != "")


def _by_name(reader: Reader) -> ColumnElement[bool]:
    """Whether the page of the lesson shows the reader the words with their speaker."""
    in_right = and_(
        Excerpt.consent_id.is_(None), reached(Excerpt.right_audience, Excerpt.right_space_id, reader)
    )
    reads_thread = and_(sees(Thread, reader), not_(origin.is_hidden(reader)))
    as_said = _agreed(Consent.id, Consent.agreed.is_(True), Consent.adapted.is_(False)).is_not(None)
    return or_(in_right, reads_thread, and_(as_said, not_(origin_queries.is_masked())))


def _agreed(column: Any, *how: ColumnElement[bool]) -> Any:
    """A column of the consent under which a passage stands, looked up for each: few of all consents are needed."""
    consent = select(column).where(Consent.id == Excerpt.consent_id, *how)
    return consent.correlate(Excerpt).scalar_subquery()


def _masked_in(said: Any) -> Any:
    """The lessons in which whoever said that stands without name or city, in any published version."""
    masked = or_(_CONSENT.masking != Masking.NAME, _CONSENT.city_shown.is_(False))
    return (
        select(_VERSION.lesson_id)
        .select_from(said)
        .join(_EXCERPT, _EXCERPT.id == said.c.id)
        .join(_CONSENT, and_(_CONSENT.id == _EXCERPT.consent_id, masked))
        .join(_CLAIM, _CLAIM.id == _EXCERPT.claim_id)
        .join(_VERSION, and_(_VERSION.id == _CLAIM.version_id, _VERSION.number.is_not(None)))
    )
