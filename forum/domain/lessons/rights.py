"""The right of an excerpt: the audience of its source when its version was sealed, or the consent of its author.

What becomes of that audience later changes nothing in a lesson. A new version keeps the right of an excerpt that the
published one has at the same place; an excerpt that was added gets the right of the day of its own seal.
"""

from typing import Any

from sqlalchemy import select

from forum.domain.lessons import consent_checks, library_counts
from forum.domain.threads import excerpts, revised
from forum.domain.threads.excerpts import Passage, Quoted, Right
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt, Removal
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience
from forum.models.threads import PostRevision


def published(lesson: Lesson) -> dict[Passage, Right]:
    """Return the right of every excerpt of the version that readers get now; none before the first."""
    if lesson.current_id is None:
        return {}
    columns: Any = (
        Excerpt.revision_id,
        Excerpt.start_at,
        Excerpt.end_at,
        Excerpt.right_audience,
        Excerpt.right_space_id,
    )
    rows = db.session.execute(
        select(*columns)
        .join(Claim, Claim.id == Excerpt.claim_id)
        .where(Claim.version_id == lesson.current_id, Excerpt.right_audience.is_not(None))
    )
    return {Passage(*row[:3]): Right(*row[3:]) for row in rows}


def fix(version: LessonVersion, lesson: Lesson, audience: Audience) -> None:
    """Write down, at the seal, the right of every excerpt for readers of that audience."""
    answered = consent_checks.Consents(lesson)
    quotes = {quoted.excerpt.id: quoted for quoted in excerpts.under(version.id)}
    rows = select(Excerpt).join(Claim, Claim.id == Excerpt.claim_id).where(Claim.version_id == version.id)
    for excerpt in db.session.scalars(rows):
        quoted = quotes[excerpt.id]
        excerpt.right_audience, excerpt.right_space_id = quoted.right
        excerpt.consent_id = answered.consent_id(quoted, audience)
    db.session.flush()


def is_readable(quoted: Quoted, lesson: Lesson) -> bool:
    """Return whether the readers of a lesson get the words of an excerpt of it."""
    if quoted.withheld:
        return False
    if not consent_checks.needed(quoted.right, lesson, lesson.audience):
        return True
    return quoted.consent is not None and bool(quoted.consent.agreed)


def name_cities(lesson: Lesson) -> None:
    """Name anew the cities behind every sealed version of a lesson, and count them so in the library."""
    sealed = select(LessonVersion).where(
        LessonVersion.lesson_id == lesson.id, LessonVersion.sealed_at.is_not(None)
    )
    secret, was_masked = kept_back(lesson), False
    for version in db.session.scalars(sealed.order_by(LessonVersion.sequence)):
        named, is_masked = consent_checks.cities(lesson, excerpts.under(version.id), lesson.audience)
        version.cities = [city for city in named if city not in secret]
        # A version that came of words being taken out stays masked, although they are no longer in it.
        version.masked = is_masked or (version.masked and was_masked)
        was_masked = was_masked or (version.masked and version.number is not None)
    db.session.flush()
    if lesson.current_id is not None:
        library_counts.recount(lesson)


def kept_back(lesson: Lesson) -> set[str]:
    """Return the cities behind a masked source of any published version, which no other version may name either.

    Whose words were taken out since, stays masked: their excerpt is still in the versions before.
    """
    published_ids = select(LessonVersion.id).where(
        LessonVersion.lesson_id == lesson.id, LessonVersion.number.is_not(None)
    )
    return {
        city
        for version_id in db.session.scalars(published_ids)
        for city in consent_checks.masked_cities(lesson, excerpts.under(version_id), lesson.audience)
    }


def is_taken_out(lesson_id: int, revision: PostRevision, start: int, end: int) -> bool:
    """Return whether the author took these words of a post out of a lesson, also as another text of it had them."""
    query = (
        select(Removal, PostRevision.plain)
        .join(PostRevision, PostRevision.id == Removal.revision_id)
        .where(
            Removal.lesson_id == lesson_id,
            Removal.undone_at.is_(None),
            PostRevision.post_id == revision.post_id,
        )
    )
    return any(
        (removal.revision_id == revision.id and start < removal.end_at and removal.start_at < end)
        or revised.is_same(plain, (removal.start_at, removal.end_at), revision.plain, (start, end))
        for removal, plain in db.session.execute(query)
    )
