"""Who applied a lesson where, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from forum.domain.people import capacities
from forum.domain.people.bylines import Byline, byline
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.adoptions import AdoptionOutcome, AdoptionReport
from forum.models.lessons import Lesson
from forum.models.spaces import Space
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.visibility import sees, visible

Pair = tuple[str, str]  # a city and what came of it
ENOUGH = 2  # other cities in which it went well; then a lesson is confirmed
WELL = frozenset({AdoptionOutcome.WORKED, AdoptionOutcome.ADAPTED, AdoptionOutcome.PARTLY})


@dataclass(frozen=True, slots=True)
class PostLink:
    """Where a report was written in a talk, for a reader who may see that talk."""

    id: int
    slug: str
    number: int


@dataclass(frozen=True, slots=True)
class Adoption:
    """One report on the page of a lesson."""

    city: str
    outcome: str
    by: Byline
    reported_on: date
    what_changed: str
    what_came: str
    post: PostLink | None


def of_lesson(reader: Actor | None, lesson: Lesson) -> list[Adoption]:
    """The reports on a lesson, the latest first (two queries)."""
    query = (
        visible(AdoptionReport, reader, AdoptionReport, Member.name, Member.handle, Capacity)
        .join(Member, Member.id == AdoptionReport.reporter_id)
        .outerjoin(Capacity, Capacity.id == AdoptionReport.capacity_id)
        .where(AdoptionReport.lesson_id == lesson.id)
        .order_by(AdoptionReport.reported_on.desc(), AdoptionReport.id.desc())
    )
    found = db.session.execute(query).all()
    posts = _posts(reader, [row.AdoptionReport.post_id for row in found])
    return [_adoption(row.AdoptionReport, row.name, row.handle, row.Capacity, posts) for row in found]


def cities(reader: Actor | None, lesson_ids: Iterable[int]) -> dict[int, list[Pair]]:
    """For each lesson the cities that applied it with what came of it, from old to new, for its ring (one query)."""
    query = (
        visible(AdoptionReport, reader, AdoptionReport.lesson_id, AdoptionReport.city, AdoptionReport.outcome)
        .where(AdoptionReport.lesson_id.in_(list(lesson_ids)))
        .order_by(AdoptionReport.reported_on, AdoptionReport.id)
    )
    found: dict[int, list[Pair]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.lesson_id, []).append((row.city, row.outcome.value))
    return found


def record(
    lesson_id: int,
    *,
    city: str,
    reporter_id: int,
    outcome: AdoptionOutcome,
    reported_on: date,
    what_changed: str = "",
    what_came: str = "",
    post_id: int | None = None,
    capacity_id: int | None = None,
) -> AdoptionReport:
    """Keep a report (system verb); a lesson that went well in two other cities is confirmed from then on."""
    spoke_as = capacities.current(reporter_id, reported_on)
    report = AdoptionReport(
        lesson_id=lesson_id,
        city=city,
        reporter_id=reporter_id,
        capacity_id=capacity_id or (spoke_as.id if spoke_as else None),
        outcome=AdoptionOutcome(outcome),
        what_changed=what_changed,
        what_came=what_came,
        reported_on=reported_on,
        post_id=post_id,
    )
    db.session.add(report)
    db.session.flush()
    _confirm(lesson_id)
    return report


def _confirm(lesson_id: int) -> None:
    lesson = db.session.get_one(Lesson, lesson_id)
    if lesson.confirmed_at is not None:
        return
    home = db.session.scalar(select(Space.city).where(Space.id == lesson.space_id))
    went_well = select(AdoptionReport.city).where(
        AdoptionReport.lesson_id == lesson_id, AdoptionReport.outcome.in_(WELL)
    )
    if len(set(db.session.scalars(went_well)) - {home}) >= ENOUGH:
        lesson.confirmed_at = clock.now()
        db.session.flush()


def _posts(reader: Actor | None, ids: Iterable[int | None]) -> dict[int, PostLink]:
    query = (
        select(Post.id, Thread.id.label("thread_id"), Thread.slug, Post.number)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id.in_([number for number in ids if number is not None]), sees(Thread, reader))
    )
    return {row.id: PostLink(row.thread_id, row.slug, row.number) for row in db.session.execute(query)}


def _adoption(
    report: AdoptionReport, name: str, handle: str, capacity: Capacity | None, posts: dict[int, PostLink]
) -> Adoption:
    return Adoption(
        city=report.city,
        outcome=report.outcome.value,
        by=byline(name, handle, capacity),
        reported_on=report.reported_on,
        what_changed=report.what_changed,
        what_came=report.what_came,
        post=posts.get(report.post_id) if report.post_id else None,
    )
