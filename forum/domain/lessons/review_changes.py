"""What changed in a version since its reviewer last had one before them, else since the one that readers have."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from forum.domain.lessons import completeness, origin, review_checklist
from forum.domain.lessons.comparison import FIELDS, words_of
from forum.infra.db import db
from forum.infra.word_diff import Piece, pieces
from forum.models.claims import Claim, Excerpt
from forum.models.lessons import Lesson, LessonVersion
from forum.policy.actors import Actor

CLAIMS = "claims"


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different by now. Words that went stand in the pieces of who had them before them, and of nobody else."""

    looked_at: datetime | None  # none: compared with what readers have
    fields: dict[str, list[Piece]] = field(default_factory=dict)  # by the name of the field
    claims: dict[int, list[Piece]] = field(default_factory=dict)  # by its number now
    new_claims: frozenset[int] = frozenset()
    new_excerpts: frozenset[tuple[int, int]] = frozenset()  # number of the claim, and which of its excerpts
    lost_claims: int = 0
    lost_excerpts: int = 0

    @property
    def changed_claims(self) -> list[int]:
        """The numbers of the claims that are new or say something else."""
        return sorted({*self.claims, *self.new_claims})

    @property
    def count(self) -> int:
        """How many places changed."""
        gone = self.lost_claims + self.lost_excerpts
        return len(self.fields) + len(self.claims) + len(self.new_claims) + len(self.new_excerpts) + gone


def since(actor: Actor, lesson: Lesson, version: LessonVersion, after: Sequence[Claim]) -> Changes | None:
    """Return what changed in the version in review, which has the claims `after`; None for who looks at the first one.

    A fixed number of queries.
    """
    seen = review_checklist.looked_before(actor, version)
    if seen is None and lesson.current_id is None:
        return None
    base = seen[0] if seen is not None else db.session.get_one(LessonVersion, lesson.current_id)
    before = completeness.claims_of(base.id)
    by_root = {claim.root: claim for claim in before}
    return Changes(
        looked_at=seen[1] if seen is not None else None,
        fields=_fields(base, version),
        claims={
            claim.position: pieces(by_root[claim.root].text, claim.text)
            for claim in after
            if claim.root in by_root and by_root[claim.root].text != claim.text
        },
        new_claims=frozenset(claim.position for claim in after if claim.root not in by_root),
        new_excerpts=frozenset(_new(by_root, after)),
        lost_claims=len(by_root.keys() - {claim.root for claim in after}),
        lost_excerpts=_lost(by_root, after),
    )


def _fields(before: LessonVersion, after: LessonVersion) -> dict[str, list[Piece]]:
    # What readers elsewhere do not get of a masked lesson, its reviewer does not either.
    names = [name for name, _title in FIELDS if name != CLAIMS and name not in origin.HIDDEN_FIELDS]
    both = {name: (words_of(before, name), words_of(after, name)) for name in names}
    return {name: pieces(old, new) for name, (old, new) in both.items() if old != new}


def _new(before: dict[int, Claim], after: Iterable[Claim]) -> Iterable[tuple[int, int]]:
    for claim in after:
        if claim.root in before:
            had = {_place(one) for one in before[claim.root].excerpts}
            for number, one in enumerate(claim.excerpts):
                if _place(one) not in had:
                    yield claim.position, number


def _lost(before: dict[int, Claim], after: Iterable[Claim]) -> int:
    return sum(
        len({_place(one) for one in before[claim.root].excerpts} - {_place(one) for one in claim.excerpts})
        for claim in after
        if claim.root in before
    )


def _place(excerpt: Excerpt) -> tuple[int, int, int]:
    return excerpt.revision_id, excerpt.start_at, excerpt.end_at
