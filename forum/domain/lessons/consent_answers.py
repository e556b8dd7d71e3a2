"""The consents behind lessons, and who stands masked by them: read when first asked for, for all of them together."""

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any, cast

from sqlalchemy import Select, and_, select

from forum.domain.lessons import consent_checks
from forum.infra.db import db
from forum.infra.in_lists import in_list
from forum.infra.statements import cached
from forum.models.accounts import Capacity
from forum.models.claims import Claim, Excerpt
from forum.models.consents import Consent, ConsentRequest, ConsentRound
from forum.models.lessons import LessonVersion
from forum.models.spaces import Audience
from forum.models.threads import Post


class Answers:
    """What authors answered about some lessons (one query, none while nobody asks)."""

    def __init__(self, lesson_ids: Iterable[int]) -> None:
        self._lesson_ids = list(lesson_ids)

    @cached_property
    def _rows(self) -> list[Any]:
        # Through the session, so that what was just answered counts.
        return list(db.session.execute(_answers(), {"lesson_ids": self._lesson_ids}))

    def given(self, lesson_id: int, audience: Audience) -> consent_checks.Given:
        """Return the consents of a lesson that reach that audience, as `consent_checks.given` does."""
        return consent_checks.reaching([row for row in self._rows if row.lesson_id == lesson_id], audience)

    def masked_cities(self, lesson_id: int, open_ids: Collection[int]) -> set[str]:
        """Return the cities of whoever stands masked in a published version of a lesson, but for `open_ids`.

        Those are authors who agreed since to be known.
        """
        return {
            row.city
            for row in self._rows
            if row.lesson_id == lesson_id
            and row.is_published
            and not row.city_shown
            and row.city is not None
            and row.said_by_id not in open_ids
        }

    def asked_masks(self, consent_ids: Collection[int]) -> dict[int, str]:
        """Return how the authors of these consents were told that they stand when masked."""
        return {row.id: row.as_masked for row in self._rows if row.id in consent_ids and row.as_masked}


@cached
def _answers() -> Select[Any]:
    """All consents of the lessons `lesson_ids`, each with who spoke for which city, and where it was taken up."""
    published = (
        select(Excerpt.id)
        .join(Claim, Claim.id == Excerpt.claim_id)
        .join(LessonVersion, LessonVersion.id == Claim.version_id)
        .where(Excerpt.consent_id == Consent.id, LessonVersion.number.is_not(None))
    )
    same = [
        getattr(ConsentRequest, name) == getattr(Consent, name)
        for name in ("post_id", "sha256", "claim_text")
    ]
    asked = (
        select(ConsentRequest.as_masked)
        .join(ConsentRound, and_(ConsentRound.id == ConsentRequest.round_id, *same))
        .where(
            ConsentRound.lesson_id == Consent.lesson_id,
            ConsentRound.audience == Consent.audience,
            ConsentRound.closed_at.is_not(None),
            ConsentRound.withdrawn.is_(False),
        )
        .order_by(ConsentRound.id.desc())
        .limit(1)
    )
    names = (
        "id", "lesson_id", "post_id", "sha256", "claim_text", "words", "masking", "city_shown", "shown_as",
        "adapted", "agreed", "audience",
    )  # fmt: skip
    query: Any = (
        select(
            *(getattr(Consent, name) for name in names),
            Post.author_id.label("said_by_id"),
            Capacity.city,
            published.correlate(Consent).exists().label("is_published"),
            asked.correlate(Consent).scalar_subquery().label("as_masked"),
        )
        .join(Post, Post.id == Consent.post_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(in_list(Consent.lesson_id, "lesson_ids"))
        .order_by(Consent.id)
    )
    return cast(Select[Any], query)
