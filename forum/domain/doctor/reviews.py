"""Four eyes, by what reviews stored: published versions were approved by somebody else, and from elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from forum.domain.doctor.findings import Finding, Tally, pieces, tell
from forum.domain.lessons import earlier_curators
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Capacity, NetworkAppointment, NetworkRole
from forum.models.claims import Claim, Excerpt
from forum.models.consents import Consent
from forum.models.lessons import Lesson, LessonReview, LessonVersion, Recognition, ReviewBasis, Verdict
from forum.models.spaces import Audience
from forum.models.threads import Post, PostRevision

Appointments = dict[int, list[tuple[datetime, datetime | None]]]


def four_eyes() -> Iterator[Finding]:
    """Published versions: each has an approving review, none of its maker or of who is quoted in it.

    Of a version that leaves its space a review rests on a capacity of a city that is not behind the version, confirmed
    and held on its day, or on an appointment as editor of that moment while no editor made it.
    """
    missing = Tally("reviews", "published versions of lessons that nobody approved")
    own = Tally("own reviews", "reviews by somebody who made the version, or who is quoted in it")
    unfounded = Tally(
        "four eyes",
        "reviews of published lessons whose capacity or appointment did not make their reviewer somebody else",
    )
    for ids in pieces(LessonVersion.id):
        versions = _published(ids)
        by_version, cited = _approvals(versions), _cited(versions)
        editors = _editors(versions.values(), by_version)
        for version_id, version in versions.items():
            if version_id not in by_version:
                missing.add(version_id)
            for review, capacity in by_version.get(version_id, ()):
                makers = _makers(version, review.created_at)
                if review.reviewer_id in makers | (cited[version_id] if _is_new(review) else set()):
                    own.add(review.id)
                elif not _is_founded(review, capacity, version, editors):
                    unfounded.add(review.id)
        db.session.expunge_all()
    for tally in (missing, own, unfounded):
        yield from tally.findings()


def answers() -> Iterator[Finding]:
    """Approvals: each has what its reviewer answered about masked sources, since answers are kept."""
    approved = select(LessonReview.id).where(LessonReview.verdict == Verdict.APPROVED)
    # A version that loses words rests on the reviews of the one before, with their moments: also those of earlier.
    since = select(func.min(LessonReview.created_at)).where(LessonReview.recognition.is_not(None))
    missing = and_(LessonReview.recognition.is_(None), LessonReview.created_at > since.scalar_subquery())
    # Who was masked afterwards, as their words were taken out, was not when it was checked.
    stands_masked = exists().where(
        Claim.version_id == LessonReview.version_id,
        Excerpt.claim_id == Claim.id,
        Excerpt.removal.is_(None),
        Consent.id == Excerpt.consent_id,
        Consent.city_shown.is_(False),
        LessonVersion.id == LessonReview.version_id,
        LessonVersion.masked,
    )
    not_asked = and_(LessonReview.recognition == Recognition.NOT_ASKED, stands_masked)
    found = "approvals without the answer whether somebody would recognise who is masked"
    yield from tell("answers of reviewers", found, approved.where(or_(missing, not_asked)))


def _published(ids: tuple[int, int]) -> dict[int, Any]:
    columns = (LessonVersion.id, LessonVersion.created_by_id, LessonVersion.origin_cities)
    query = (
        select(*columns, Lesson.curator_id, Lesson.earlier_curators, Lesson.audience)
        .join(Lesson, Lesson.id == LessonVersion.lesson_id)
        .where(LessonVersion.id.between(*ids), LessonVersion.published_at.is_not(None))
    )
    return {row.id: row for row in db.session.execute(query)}


def _approvals(version_ids: Iterable[int]) -> dict[int, list[tuple[LessonReview, Capacity | None]]]:
    found: dict[int, list[tuple[LessonReview, Capacity | None]]] = defaultdict(list)
    query = (
        select(LessonReview, Capacity)
        .outerjoin(Capacity, Capacity.id == LessonReview.capacity_id)
        .where(LessonReview.version_id.in_(version_ids), LessonReview.verdict == Verdict.APPROVED)
        .order_by(LessonReview.id)
    )
    for review, capacity in db.session.execute(query):
        found[review.version_id].append((review, capacity))
    return dict(found)


def _cited(version_ids: Iterable[int]) -> dict[int, set[int]]:
    """Whom each version quotes, also in words that were taken out since: they were there when it was checked."""
    query = (
        select(Claim.version_id, Post.author_id)
        .join(Excerpt, Excerpt.claim_id == Claim.id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .where(Claim.version_id.in_(version_ids))
        .distinct()
    )
    found = defaultdict(set)
    for version_id, author_id in db.session.execute(query):
        found[version_id].add(author_id)
    return found


def _editors(versions: Iterable[Any], by_version: dict[int, list[tuple[LessonReview, Any]]]) -> Appointments:
    rows = list(versions)
    people = {row.created_by_id for row in rows} | {one for row in rows for one in _curators(row)}
    people |= {review.reviewer_id for reviews in by_version.values() for review, _capacity in reviews}
    query = select(NetworkAppointment).where(
        NetworkAppointment.member_id.in_(people), NetworkAppointment.role == NetworkRole.EDITOR
    )
    found = defaultdict(list)
    for row in db.session.scalars(query):
        found[row.member_id].append((row.since_at, row.ended_at))
    return found


def _is_founded(review: LessonReview, capacity: Capacity | None, version: Any, editors: Appointments) -> bool:
    """Whether what the review counted on made its reviewer somebody else for this version."""
    if not _is_new(review):
        return True
    if review.basis == ReviewBasis.CITY:
        return (
            capacity is not None
            and (capacity.member_id, capacity.city) == (review.reviewer_id, review.city)
            and review.city not in version.origin_cities
            and _held(capacity, review.created_at)
        )
    if review.basis == ReviewBasis.EDITOR:
        by_editor = any(
            _was_editor(editors, maker, review.created_at) for maker in _makers(version, review.created_at)
        )
        return not by_editor and _was_editor(editors, review.reviewer_id, review.created_at)
    return bool(version.audience == Audience.SPACE)


def _makers(version: Any, moment: datetime) -> set[int]:
    """Who sent a version, and whose lesson it had been by then: who took it over later did not make it."""
    return earlier_curators.until(version, moment) | {version.created_by_id}


def _curators(version: Any) -> set[int]:
    return {version.curator_id, *earlier_curators.ids(version)}


def _is_new(review: LessonReview) -> bool:
    """Whether it is of after capacities were confirmed; before, who was quoted could approve, and it keeps that."""
    return review.basis != ReviewBasis.EARLIER


def _held(capacity: Capacity, at: datetime) -> bool:
    """Whether a capacity counted at that moment and held on its day; one that was ended on that day did until then."""
    earlier = capacity.counts_until is not None and at <= capacity.counts_until
    confirmed = capacity.confirmed_at is not None and capacity.confirmed_at <= at
    refused = capacity.refused_at is not None and capacity.refused_at <= at
    day = days.day_of(at)
    held = capacity.starts_on <= day and (capacity.ends_on is None or day <= capacity.ends_on)
    return held and (confirmed or earlier) and not refused


def _was_editor(editors: Appointments, member_id: int, at: datetime) -> bool:
    return any(since <= at and (until is None or at < until) for since, until in editors.get(member_id, ()))
