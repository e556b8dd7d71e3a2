"""How long a lesson may be: a page. Past it nothing is cut; the form and the panel say by how much it is too long."""

from collections.abc import Iterable

from forum.models.claims import Claim
from forum.models.lessons import LessonVersion

PAGE = 600  # words, in all
PART = 150  # words, of one of these
PARTS = ("context", "problem", "what_was_done", "result", "recommendation", *LessonVersion.ADVICE)
TEXTS = ("one_sentence", *PARTS, "unknowns", "alternative_reading")
LISTS = ("conditions", "not_for", "assumptions", "open_questions")


def count(text: str) -> int:
    """Return how many words a text has."""
    return len(text.split())


def of_version(version: LessonVersion, claims: Iterable[Claim]) -> int:
    """Return how many words a reader of a version reads, without the excerpts, which others wrote."""
    texts = [getattr(version, name) for name in TEXTS]
    items = [item for name in LISTS for item in getattr(version, name)]
    return sum(map(count, [*texts, *items, *(claim.text for claim in claims)]))
