"""Versions of a lesson: a new one to work on, copied from another, and the seal after which it does not change."""

from collections.abc import Collection

from sqlalchemy import func, select

from forum.domain.lessons import consent_checks, rights, tags
from forum.domain.lessons import numbers as lesson_numbers
from forum.domain.lessons.completeness import claims_of
from forum.domain.lessons.fields import OPEN_LICENCE
from forum.domain.lessons.unknowns import keeping as unknowns
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Passage, Right
from forum.infra import clock
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt
from forum.models.lessons import Lesson, LessonReview, LessonSource, LessonVersion
from forum.models.spaces import Audience

FIELDS = (
    "title", "one_sentence", "outcome", "axis", "needs", "summary", "context", "problem", "what_was_done", "result",
    "recommendation", *LessonVersion.ADVICE, "unknowns", "alternative_reading", "conditions", "not_for", "addressees",
    "assumptions", "open_questions", "external_sources", "owner", "confidence", "licence",
)  # fmt: skip
# Said about this next version alone: kept while it goes back and forth, left behind by the one after it.
OF_THIS_ONE = ("change_note", "answers", "review_on")


def first(lesson: Lesson, **fields: object) -> LessonVersion:
    """Create the first version of a lesson, to work on."""
    return _begin(lesson, lesson.curator_id, 1, fields)


def untouched(maker_id: int, thread_id: int, title: str) -> Lesson | None:
    """Return a lesson that a member began from a thread under that title, and in which nobody wrote anything yet."""
    claimed = select(Claim.id).where(Claim.version_id == LessonVersion.id).exists()
    return db.session.scalars(
        select(Lesson)
        .join(LessonSource, LessonSource.lesson_id == Lesson.id)
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .where(
            Lesson.curator_id == maker_id,
            LessonSource.thread_id == thread_id,
            LessonVersion.sequence == 1,
            LessonVersion.saved_count == 1,
            LessonVersion.title == title,
            LessonVersion.sealed_at.is_(None),
            ~claimed,
        )
        .limit(1)
    ).one_or_none()


def copy(
    lesson: Lesson, before: LessonVersion, maker_id: int, *, without: Collection[int] = ()
) -> LessonVersion:
    """Create a version to work on with the fields, claims, excerpts and tags of `before`.

    Excerpts that readers have already keep their right. Those that were taken out for good stay behind, as do those
    `without` (ids); what can still be undone comes along, out of sight, and goes when that is over.
    """
    kept = rights.published(lesson)
    last = db.session.scalar(
        select(func.max(LessonVersion.sequence)).where(LessonVersion.lesson_id == lesson.id)
    )
    version = _begin(lesson, maker_id, (last or 0) + 1, {name: getattr(before, name) for name in FIELDS})
    if before.number is None:  # it was never published: this is the same version, on its way still
        for name in OF_THIS_ONE:
            setattr(version, name, getattr(before, name))
    for claim in claims_of(before.id):
        db.session.add(
            Claim(
                version_id=version.id,
                position=claim.position,
                text=claim.text,
                root_id=claim.root,
                excerpts=[
                    _copied(one, kept)
                    for one in claim.excerpts
                    if one.removal is None and one.id not in without
                ],
            )
        )
    tags.copy(before.id, version.id)
    db.session.flush()
    return version


def seal(version: LessonVersion, lesson: Lesson, audience: Audience) -> None:
    """Close a version for good, with the rights of its excerpts and the cities that may be named behind it."""
    rights.fix(version, lesson, audience)
    named, version.masked = consent_checks.cities(lesson, excerpts.under(version.id), audience)
    secret = rights.kept_back(lesson)
    version.cities = [city for city in named if city not in secret]
    if audience == Audience.PUBLIC and version.licence is None:
        version.licence = OPEN_LICENCE
    version.sealed_at = clock.now()


def replace_published(lesson: Lesson, note: str, *, without: Collection[int]) -> LessonVersion:
    """Publish the version that readers get once more, without the excerpts with these ids; return it.

    Nobody made or checked it anew: it rests on the reviews of the one before. A draft goes on, after it.
    """
    before, working_id = db.session.get_one(LessonVersion, lesson.current_id), lesson.working_id
    version = copy(lesson, before, before.created_by_id, without=without)
    version.change_note, version.origin_cities = note, before.origin_cities
    version.answers, version.policy_id = before.answers, before.policy_id
    seal(version, lesson, lesson.audience)
    # What nobody was to know of who is gone stays unknown.
    version.cities = [city for city in version.cities if city in before.cities]
    version.masked = version.masked or before.masked
    version.number, version.published_at = lesson_numbers.next_version(before, version), version.sealed_at
    for review in db.session.scalars(select(LessonReview).where(LessonReview.version_id == before.id)):
        columns = ("reviewer_id", "basis", "capacity_id", "city", "verdict", "recognition", "created_at")
        same = {name: getattr(review, name) for name in columns}
        db.session.add(LessonReview(version_id=version.id, note="", **same))
    lesson.current_id, lesson.working_id = version.id, working_id
    db.session.flush()
    unknowns.follow(version)
    if working_id is not None:
        _put_after(db.session.get_one(LessonVersion, working_id), version)
    return version


def _put_after(draft: LessonVersion, version: LessonVersion) -> None:
    """Exchange the places of two versions in the order of the lesson: the draft is published later."""
    first, last = sorted((draft.sequence, version.sequence))
    draft.sequence = last + 1
    db.session.flush()
    version.sequence = first
    db.session.flush()
    draft.sequence = last
    db.session.flush()


def _begin(lesson: Lesson, maker_id: int, sequence: int, fields: dict[str, object]) -> LessonVersion:
    now = clock.now()
    version = LessonVersion(
        lesson_id=lesson.id,
        sequence=sequence,
        created_at=now,
        created_by_id=maker_id,
        saved_at=now,
        saved_count=1,
        **fields,
    )
    db.session.add(version)
    db.session.flush()
    lesson.working_id = version.id
    return version


def _copied(excerpt: Excerpt, kept: dict[Passage, Right]) -> Excerpt:
    columns = ("revision_id", "start_at", "end_at", "words", "sha256", "stance")
    copied = Excerpt(**{name: getattr(excerpt, name) for name in columns})
    right = kept.get(Passage(excerpt.revision_id, excerpt.start_at, excerpt.end_at))
    if right is not None:
        copied.right_audience, copied.right_space_id = right
    return copied
