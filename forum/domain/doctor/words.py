"""Words that lessons rest on: that they stand where they were taken from, and that readers may see them."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import exists, or_, select

from forum.domain.doctor.findings import Finding, Tally, pieces
from forum.domain.lessons import consent_checks
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Quoted
from forum.infra import tokens
from forum.infra.db import db
from forum.models.claims import Excerpt
from forum.models.consents import Consent
from forum.models.lessons import Lesson, LessonVersion
from forum.models.moderation import Action, ModerationAction
from forum.models.threads import PostRevision


def quoted() -> Iterator[Finding]:
    """Excerpts: the words at their place in the text of the revision, and their SHA-256."""
    place = Tally("excerpt places", "excerpts whose words do not stand at their place in the post")
    digest = Tally("excerpt hashes", "excerpts whose words do not have their SHA-256")
    columns = (Excerpt.id, Excerpt.start_at, Excerpt.end_at, Excerpt.words, Excerpt.sha256)
    for ids in pieces(Excerpt.id):
        query = select(*columns, PostRevision.plain).join(
            PostRevision, PostRevision.id == Excerpt.revision_id
        )
        for row in db.session.execute(query.where(Excerpt.id.between(*ids))):
            if row.plain[row.start_at : row.end_at] != row.words:
                place.add(row.id)
            if tokens.digest(row.words) != row.sha256:
                digest.add(row.id)
    yield from place.findings()
    yield from digest.findings()


def agreed() -> Iterator[Finding]:
    """Consents: the words that an author agreed to have their SHA-256."""
    tally = Tally("consent hashes", "consents whose words do not have their SHA-256")
    for ids in pieces(Consent.id):
        query = select(Consent.id, Consent.words, Consent.sha256).where(Consent.id.between(*ids))
        for row in db.session.execute(query):
            if tokens.digest(row.words) != row.sha256:
                tally.add(row.id)
    yield from tally.findings()


def consents() -> Iterator[Finding]:
    """Published lessons: a standing consent for each excerpt from a thread with fewer readers, and for each city.

    An author may take a consent back and a moderator narrow a thread afterwards. Readers are not shown the words then,
    and somebody has to ask, or to publish a version without them: that is no fault.
    """
    never = Tally("consents", "published lessons quote words that nobody agreed to show their readers")
    ended = Tally(
        "consents that ended",
        "published lessons quote words that their readers are not shown any more: ask the authors, or publish a "
        "version without them",
    )
    named = Tally("cities of lessons", "published lessons name other cities than their consents allow")
    for ids in pieces(Lesson.id):
        query = select(Lesson, LessonVersion).join(LessonVersion, LessonVersion.id == Lesson.current_id)
        for lesson, version in db.session.execute(query.where(Lesson.id.between(*ids))).all():
            quotes, number = excerpts.under(version.id), lesson.public_id or lesson.id
            if waiting := consent_checks.waiting(lesson, quotes, lesson.audience):
                tally = ended if all(_ended(lesson, quoted) for quoted in waiting) else never
                tally.add(number)
            cities, masked = consent_checks.cities(lesson, quotes, lesson.audience)
            if (set(cities), masked) != (set(version.cities), version.masked):
                named.add(number)
        db.session.expunge_all()
    yield from never.findings()
    yield from (replace(finding, warns=True) for finding in ended.findings())
    yield from named.findings()


def _ended(lesson: Lesson, quoted: Quoted) -> bool:
    """Whether the author answered otherwise, or a moderator narrowed the thread, after the lesson was published."""
    post_id, digest = consent_checks.key(quoted)
    answered = exists().where(
        Consent.lesson_id == lesson.id,
        Consent.post_id == post_id,
        Consent.sha256 == digest,
        Consent.agreed.is_not(True),
    )
    narrowed = exists().where(
        ModerationAction.thread_id == quoted.thread.id,
        ModerationAction.action == Action.NARROW,
        ModerationAction.created_at >= lesson.changed_at,
    )
    return bool(db.session.scalar(select(or_(answered, narrowed))))
