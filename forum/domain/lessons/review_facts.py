"""What the database says of versions before their reviewers: where they come from, whom they cite, who is asked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from typing import cast as typed

from sqlalchemy import Integer, Select, String, and_, cast, literal, null, select, union_all

from forum.domain.lessons import origin_queries
from forum.domain.people import capacities
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
Versions = Sequence[tuple[Lesson, LessonVersion]]


@dataclass(slots=True)
class Asked:
    """Who is asked to check a version, and did not decline; None stands for a group."""

    ids: set[int | None] = field(default_factory=set)
    # By name, in good standing, and their term is not over.
    in_term: list[Actor] = field(default_factory=list)


@dataclass(slots=True)
class Facts:
    """What the database says of some versions and members."""

    # By member: cities, and who confirmed that they speak for them; and the cities whose spaces they moderate.
    confirmed: dict[int, set[tuple[str, int | None]]]
    moderated: Cities
    # By lesson: the cities of its space and its threads.
    places: Cities = field(default_factory=lambda: defaultdict(set))
    # By version: whom it quotes, and for which city they spoke then.
    cited: dict[int, set[tuple[int, str | None]]] = field(default_factory=lambda: defaultdict(set))
    # Lessons of which a published version has a masked source; makers who are editors of the network now.
    masked: set[int] = field(default_factory=set)
    editors: set[int] = field(default_factory=set)


def of_members(member_ids: set[int]) -> Facts:
    """Return what is known of these members (one query)."""
    return _facts(member_ids, _of_members(member_ids))


def of_versions(rows: Versions, member_ids: set[int], makers: set[int]) -> Facts:
    """Return what is known of these versions, of some members and of those who made the versions (one query)."""
    lesson_ids = [lesson.id for lesson, _version in rows]
    version_ids = [version.id for _lesson, version in rows]
    return _facts(
        member_ids,
        [
            *_of_members(member_ids),
            *_places(lesson_ids),
            _cited(version_ids),
            _row("masked", Lesson.id).where(Lesson.id.in_(lesson_ids), origin_queries.is_masked()),
            _row("editors", NetworkAppointment.member_id).where(
                NetworkAppointment.member_id.in_(makers),
                NetworkAppointment.role == NetworkRole.EDITOR,
                NetworkAppointment.ended_at.is_(None),
            ),
        ],
    )


def _facts(member_ids: set[int], queries: Sequence[Select[Any]]) -> Facts:
    facts = Facts({one: set() for one in member_ids}, {one: set() for one in member_ids})
    for row in db.session.execute(union_all(*queries)):
        if row.kind == "confirmed":
            facts.confirmed[row.subject].add((row.city, row.other))
        elif row.kind == "cited":
            facts.cited[row.subject].add((row.other, row.city))
        elif row.kind in ("moderated", "places"):
            getattr(facts, row.kind)[row.subject].add(row.city)
        else:
            getattr(facts, row.kind).add(row.subject)
    return facts


def _row(kind: str, subject: Any, other: Any = None, city: Any = None) -> Select[Any]:
    query: Any = select(
        literal(kind, String).label("kind"),
        subject.label("subject"),
        (cast(null(), Integer) if other is None else other).label("other"),
        (cast(null(), String) if city is None else city).label("city"),
    )
    return typed(Select[Any], query)


def _of_members(member_ids: set[int]) -> list[Select[Any]]:
    speaks = _row("confirmed", Capacity.member_id, Capacity.confirmed_by_id, Capacity.city)
    moderates = _row("moderated", Membership.member_id, city=Space.city)
    return [
        speaks.where(Capacity.member_id.in_(member_ids), capacities.speaks_today()),
        moderates.join(Space, Space.id == Membership.space_id).where(
            Membership.member_id.in_(member_ids),
            Membership.role == Role.MODERATOR,
            belonging(Membership),
            Space.kind == SpaceKind.CITY,
            Space.city.is_not(None),
        ),
    ]


def _places(lesson_ids: Sequence[int]) -> list[Select[Any]]:
    own = _row("places", Lesson.id, city=Space.city).join(Space, Space.id == Lesson.space_id)
    behind = (
        _row("places", LessonSource.lesson_id, city=Space.city)
        .join(Thread, Thread.id == LessonSource.thread_id)
        .join(Space, Space.id == Thread.space_id)
    )
    has_city = Space.city.is_not(None)
    return [
        own.where(Lesson.id.in_(lesson_ids), has_city),
        behind.where(LessonSource.lesson_id.in_(lesson_ids), has_city),
    ]


def _cited(version_ids: Sequence[int]) -> Select[Any]:
    return (
        _row("cited", Claim.version_id, Post.author_id, Capacity.city)
        .join(Excerpt, Excerpt.claim_id == Claim.id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(Claim.version_id.in_(version_ids))
        .distinct()
    )


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
