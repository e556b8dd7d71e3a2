"""The right of an excerpt: the audience of its source when its version was sealed, or the consent of its author.

What becomes of that audience later changes nothing in a lesson. A new version keeps the right of an excerpt that the
published one has at the same place; an excerpt that was added gets the right of the day of its own seal.
"""

from typing import Any

from sqlalchemy import select

from forum.domain.lessons import consent_checks
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Place, Right
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience


def published(lesson: Lesson) -> dict[Place, Right]:
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
    return {Place(*row[:3]): Right(*row[3:]) for row in rows}


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
