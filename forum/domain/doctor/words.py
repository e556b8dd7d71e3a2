"""Words that lessons rest on: that they stand where they were taken from, and that readers may see them."""

from collections.abc import Iterator

from sqlalchemy import select

from forum.domain.doctor.findings import Finding, Tally, pieces
from forum.domain.lessons import consent_checks
from forum.domain.threads import excerpts
from forum.infra import tokens
from forum.infra.db import db
from forum.models.claims import Excerpt
from forum.models.consents import Consent
from forum.models.lessons import Lesson, LessonVersion
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
    """Published lessons: a standing consent for each excerpt from a thread with fewer readers, and for each city."""
    missing = Tally(
        "consents",
        "published lessons quote words without a consent for their readers, who are not shown them: ask the authors, "
        "or publish a version without them",
    )
    named = Tally("cities of lessons", "published lessons name other cities than their consents allow")
    for ids in pieces(Lesson.id):
        query = select(Lesson, LessonVersion).join(LessonVersion, LessonVersion.id == Lesson.current_id)
        for lesson, version in db.session.execute(query.where(Lesson.id.between(*ids))).all():
            quotes = excerpts.under(version.id)
            if consent_checks.waiting(lesson, quotes, lesson.audience):
                missing.add(lesson.public_id or lesson.id)
            cities, masked = consent_checks.cities(lesson, quotes, lesson.audience)
            if (set(cities), masked) != (set(version.cities), version.masked):
                named.add(lesson.public_id or lesson.id)
        db.session.expunge_all()
    yield from missing.findings()
    yield from named.findings()
