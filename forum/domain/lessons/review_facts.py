"""What the database says of versions before their reviewers: where they come from, whom they cite, who is asked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, select

from forum.domain.lessons import origin_queries
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Capacity, Member, NetworkAppointment, NetworkRole
from forum.models.claims import Claim, Excerpt
from forum.models.lessons import Lesson, LessonSource, LessonVersion, ReviewRequest
from forum.models.spaces import Membership, Role, Space, SpaceKind
from forum.models.threads import Post, PostRevision, Thread
from forum.policy import actors
from forum.policy.actors import Actor
from forum.policy.standing import belonging, in_good_standing

Cities = dict[int, set[str]]


@dataclass(slots=True)
class Asked:
    """Who is asked to check a version, and did not decline; None stands for a group."""

    ids: set[int | None] = field(default_factory=set)
    # By name, in good standing, and their term is not over.
    in_term: list[Actor] = field(default_factory=list)


def moderated_cities(member_ids: set[int]) -> Cities:
    """The cities whose spaces each of these members moderates."""
    query = (
        select(Membership.member_id, Space.city)
        .join(Space, Space.id == Membership.space_id)
        .where(
            Membership.member_id.in_(member_ids),
            Membership.role == Role.MODERATOR,
            belonging(Membership),
            Space.kind == SpaceKind.CITY,
            Space.city.is_not(None),
        )
    )
    cities: Cities = {member_id: set() for member_id in member_ids}
    for row in db.session.execute(query):
        cities[row.member_id].add(row.city)
    return cities


def places(rows: Sequence[tuple[Lesson, LessonVersion]]) -> Cities:
    """The cities of the space of each lesson and of those of its threads."""
    lesson_ids = [lesson.id for lesson, _version in rows]
    threads = select(LessonSource.lesson_id, Thread.space_id).join(
        Thread, Thread.id == LessonSource.thread_id
    )
    own = select(Lesson.id.label("lesson_id"), Lesson.space_id).where(Lesson.id.in_(lesson_ids))
    behind = own.union(threads.where(LessonSource.lesson_id.in_(lesson_ids))).subquery()
    query = select(behind.c.lesson_id, Space.city).join(Space, Space.id == behind.c.space_id)
    cities: Cities = {lesson_id: set() for lesson_id in lesson_ids}
    for row in db.session.execute(query.where(Space.city.is_not(None))):
        cities[row.lesson_id].add(row.city)
    return cities


def cited(version_ids: Sequence[int]) -> dict[int, set[tuple[int, str | None]]]:
    """Whom each version quotes, and for which city they spoke then."""
    query = (
        select(Claim.version_id, Post.author_id, Capacity.city)
        .join(Excerpt, Excerpt.claim_id == Claim.id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(Claim.version_id.in_(version_ids))
        .distinct()
    )
    cited: dict[int, set[tuple[int, str | None]]] = defaultdict(set)
    for version_id, author_id, city in db.session.execute(query):
        cited[version_id].add((author_id, city))
    return cited


def asked(version_ids: Sequence[int]) -> dict[int, Asked]:
    """Who is asked to check each version (one query)."""
    query = (
        select(ReviewRequest.version_id, ReviewRequest.asked_id, ReviewRequest.due_on, *actors.COLUMNS)
        .outerjoin(Member, and_(Member.id == ReviewRequest.asked_id, in_good_standing(Member)))
        .where(
            ReviewRequest.version_id.in_(version_ids),
            ReviewRequest.declined_at.is_(None),
            ReviewRequest.ended_at.is_(None),
        )
    )
    asked: dict[int, Asked] = defaultdict(Asked)
    for row in db.session.execute(query):
        asked[row.version_id].ids.add(row.asked_id)
        if row.id is not None and row.due_on >= days.today():
            asked[row.version_id].in_term.append(actors.actor_from(row))
    return asked


def masked(lesson_ids: Sequence[int]) -> set[int]:
    """Those of these lessons of which a published version has a masked source."""
    query = select(Lesson.id).where(Lesson.id.in_(lesson_ids), origin_queries.is_masked())
    return set(db.session.scalars(query))


def editors(member_ids: set[int]) -> set[int]:
    """Those of these members who are editors of the network now."""
    query = select(NetworkAppointment.member_id).where(
        NetworkAppointment.member_id.in_(member_ids),
        NetworkAppointment.role == NetworkRole.EDITOR,
        NetworkAppointment.ended_at.is_(None),
    )
    return set(db.session.scalars(query))
