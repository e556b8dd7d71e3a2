"""What a draft still lacks before it can be reviewed, each with the field where it belongs."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from forum.domain.threads.excerpts import Quoted
from forum.infra.db import db
from forum.infra.i18n import _, lazy
from forum.models.claims import Claim, Stance
from forum.models.lessons import LessonVersion
from forum.models.threads import Outcome
from forum.policy.errors import Invalid

WORDS_MAX = 600  # a lesson is a page; what is longer is told, and stops nothing
# A draft whose outcome is "still running" has none yet; a lesson has to.
OUTCOME_NOT_CHOSEN = Outcome.RUNNING
REQUIRED: tuple[tuple[str, Any], ...] = (
    ("title", lazy("Choose a title for the lesson.")),
    ("one_sentence", lazy("Say it in one sentence.")),
    ("needs", lazy("Choose at least one answer to “What are you looking for?”.")),
    ("unknowns", lazy("Say what we do not know.")),
    ("conditions", lazy("Fill in at least one line at “Works if”.")),
)


class MissingField(NamedTuple):
    """Something that is missing, and the field where it belongs."""

    field: str
    sentence: str

    @property
    def is_of_claims(self) -> bool:
        """Whether it is about the claims, and not about the text."""
        return self.field == "claims" or self.field.startswith("claim-")


def word_count(version: LessonVersion, claims: Iterable[Claim]) -> int:
    """Return how many words a version has for its readers: of its text and of its claims."""
    texts = [
        version.one_sentence, version.context, version.problem, version.what_was_done, version.result,
        version.recommendation, version.unknowns, version.alternative_reading, *version.conditions, *version.not_for,
    ]  # fmt: skip
    return sum(len(text.split()) for text in [*texts, *(claim.text for claim in claims)])


def claims_of(version_id: int) -> list[Claim]:
    """Return the claims of a version with their excerpts (two queries)."""
    rows = select(Claim).where(Claim.version_id == version_id).order_by(Claim.position)
    return list(db.session.scalars(rows.options(selectinload(Claim.excerpts))))


def missing_fields(version: LessonVersion, claims: Sequence[Claim]) -> list[MissingField]:
    """Return everything that is missing, in the order of the page; empty when the draft can be sent for review."""
    missing = [
        MissingField(field, str(sentence)) for field, sentence in REQUIRED if not getattr(version, field)
    ]
    if version.outcome == OUTCOME_NOT_CHOSEN:
        missing.append(MissingField("outcome", _("Choose how it went.")))
    if not version.recommendation and version.outcome != Outcome.DISCUSSION:
        missing.append(MissingField("recommendation", _("Say what others can do with it.")))
    return missing + _unsupported(claims) + _unanswered(version, claims)


def _unsupported(claims: Sequence[Claim]) -> list[MissingField]:
    if not claims:
        return [MissingField("claims", _("Make at least one claim."))]
    return [
        MissingField(f"claim-{claim.id}", _("Claim %(number)s has no excerpt yet", number=claim.position))
        for claim in claims
        if not claim.excerpts
    ]


def _unanswered(version: LessonVersion, claims: Sequence[Claim]) -> list[MissingField]:
    contradicted = any(e.stance == Stance.CONTRADICTS for claim in claims for e in claim.excerpts)
    if not contradicted or version.alternative_reading:
        return []
    return [MissingField("alternative_reading", _("An excerpt contradicts a claim: add another reading."))]


def refuse_withheld(quotes: Iterable[Quoted]) -> None:
    """Refuse excerpts that nobody may read now: shown again, readers would get what nobody checked.

    Invalid at `audience`.
    """
    if any(quoted.withheld for quoted in quotes):
        raise Invalid(
            "audience",
            _(
                "The text of an excerpt is hidden or was taken back. That excerpt has to leave the lesson first."
            ),
        )
