"""Versions of a lesson: a new one to work on, copied from the one before, and the seal after which nothing changes."""

from sqlalchemy import func, select

from forum.domain.lessons import consent_checks, tags
from forum.domain.lessons.completeness import claims_of
from forum.domain.threads import excerpts
from forum.infra import clock
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience

WORDS = (
    "title", "one_sentence", "outcome", "axis", "needs", "summary", "context", "problem", "what_was_done", "result",
    "recommendation", "unknowns", "alternative_reading", "conditions", "not_for", "addressees", "confidence", "licence",
)  # fmt: skip
OPEN_LICENCE = "CC-BY-4.0"


def first(lesson: Lesson, **words: object) -> LessonVersion:
    """The first version of a lesson, to work on."""
    return _begin(lesson, lesson.curator_id, 1, words)


def copy(lesson: Lesson, before: LessonVersion, maker_id: int) -> LessonVersion:
    """A version to work on that begins as `before`, claims and excerpts included."""
    last = db.session.scalar(
        select(func.max(LessonVersion.sequence)).where(LessonVersion.lesson_id == lesson.id)
    )
    version = _begin(lesson, maker_id, (last or 0) + 1, {name: getattr(before, name) for name in WORDS})
    for claim in claims_of(before.id):
        db.session.add(
            Claim(
                version_id=version.id,
                position=claim.position,
                text=claim.text,
                excerpts=[_copied(excerpt) for excerpt in claim.excerpts],
            )
        )
    tags.copy(before.id, version.id)
    db.session.flush()
    return version


def seal(version: LessonVersion, lesson: Lesson, width: Audience) -> None:
    """Close a version for good, with the cities that may be named as backing it."""
    version.cities, version.masked = consent_checks.cities(lesson, excerpts.under(version.id), width)
    if width == Audience.PUBLIC and version.licence is None:
        version.licence = OPEN_LICENCE
    version.sealed_at = clock.now()


def _begin(lesson: Lesson, maker_id: int, sequence: int, words: dict[str, object]) -> LessonVersion:
    now = clock.now()
    version = LessonVersion(
        lesson_id=lesson.id,
        sequence=sequence,
        created_at=now,
        created_by_id=maker_id,
        saved_at=now,
        saved_count=1,
        **words,
    )
    db.session.add(version)
    db.session.flush()
    lesson.working_id = version.id
    return version


def _copied(excerpt: Excerpt) -> Excerpt:
    kept = ("revision_id", "start_at", "end_at", "words", "sha256", "stance")
    return Excerpt(**{name: getattr(excerpt, name) for name in kept})
