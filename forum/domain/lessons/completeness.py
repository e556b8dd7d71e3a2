"""What a draft still lacks before it can be reviewed, each with the field where it belongs."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from forum.domain.lessons import certainty
from forum.domain.threads.excerpts import Quoted
from forum.infra.db import db
from forum.infra.i18n import _, lazy
from forum.models.claims import Claim, Stance
from forum.models.lessons import LessonVersion
from forum.models.threads import Outcome
from forum.policy.errors import Invalid

# A draft whose outcome is "still running" has none yet; a lesson has to.
OUTCOME_NOT_CHOSEN = Outcome.RUNNING
Needed = tuple[tuple[str, Any], ...]
OF_ALL: Needed = (
    ("title", lazy("Choose a title for the lesson.")),
    ("one_sentence", lazy("Say it in one sentence.")),
    ("needs", lazy("Choose at least one answer to “What are you looking for?”.")),
)
OF_A_LESSON: Needed = (
    ("unknowns", lazy("Say what we do not know.")),
    ("conditions", lazy("Fill in at least one line at “When does it work?”.")),
)
OF_A_NOTE: Needed = (("open_questions", lazy("Write down at least one open question.")),)
POSITIONS = 2  # of a discussion note, at least
ADVICE = ("recommendation", *LessonVersion.ADVICE)


class MissingField(NamedTuple):
    """Something that is missing, and the field where it belongs."""

    field: str
    sentence: str

    @property
    def is_of_claims(self) -> bool:
        """Whether it is about the claims, and not about the text."""
        return self.field == "claims" or self.field.startswith("claim-")


def claims_of(version_id: int) -> list[Claim]:
    """Return the claims of a version with their excerpts (two queries)."""
    rows = select(Claim).where(Claim.version_id == version_id).order_by(Claim.position)
    return list(db.session.scalars(rows.options(selectinload(Claim.excerpts))))


def missing_fields(version: LessonVersion, claims: Sequence[Claim]) -> list[MissingField]:
    """Return everything that is missing, in the order of the page; empty when the draft can be sent for review."""
    is_note = version.outcome == Outcome.DISCUSSION
    needed = (*OF_ALL, *(OF_A_NOTE if is_note else OF_A_LESSON))
    missing = [MissingField(name, str(words)) for name, words in needed if not getattr(version, name)]
    if version.outcome == OUTCOME_NOT_CHOSEN:
        missing.append(MissingField("outcome", _("Choose how it went.")))
    if not is_note and not any(getattr(version, name) for name in ADVICE):
        missing.append(MissingField("advice_field", _("Say what you advise.")))
    if too_sure := certainty.too_sure(version):
        missing.append(MissingField("confidence", too_sure))
    return missing + (
        _of_positions(claims) if is_note else _unsupported(claims) + _unanswered(version, claims)
    )


def _unsupported(claims: Sequence[Claim]) -> list[MissingField]:
    return _without_excerpt(claims) if claims else [MissingField("claims", _("Make at least one claim."))]


def _of_positions(claims: Sequence[Claim]) -> list[MissingField]:
    """A discussion note says what people hold; that they contradict each other is why it is one."""
    if len(claims) < POSITIONS:
        return [MissingField("claims", _("Write down at least two positions."))]
    return _without_excerpt(claims)


def _without_excerpt(claims: Sequence[Claim]) -> list[MissingField]:
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
