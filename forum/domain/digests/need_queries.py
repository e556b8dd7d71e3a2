"""What needs members whoever they are, counted for many at once: rows of one query beside all else that is theirs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, bindparam, case, exists, func, not_, or_

from forum.domain.drafts.queries import OPEN as OPEN_DRAFT
from forum.domain.lessons import review_set_aside
from forum.domain.lessons.review_requests import OPEN as OPEN_REQUEST
from forum.domain.lessons.unlooked import STANDS
from forum.domain.people import affirmations, capacities
from forum.infra import days
from forum.infra.db import Moment
from forum.infra.in_lists import in_list
from forum.models.accounts import Capacity, Member, NetworkAppointment
from forum.models.consents import ConsentRequest, ConsentRound
from forum.models.drafts import Draft
from forum.models.lessons import Lesson, LessonState, LessonVersion, ReviewRequest
from forum.models.spaces import Membership, Role
from forum.policy.readers import EACH_MEMBER
from forum.policy.standing import belonging
from forum.policy.visibility import sees

NEED = "need "  # before the kind of what waits
_NOW: Any = bindparam("now", type_=Moment)
_LATELY: Any = bindparam("lately", type_=Moment)
_YEAR_AGO: Any = bindparam("year_ago", type_=Moment)
_TODAY: Any = bindparam("today", type_=Date)


def counted(row: Callable[..., Any]) -> list[Any]:
    """Return for each kind a query with how many wait for each of the members, and since when the newest does."""

    def kind(name: str, member_id: Any, number: Any, at: Any) -> Any:
        return (
            row(NEED + name, member_id, number, at=func.max(at))
            .where(in_list(member_id, "member_ids"))
            .group_by(member_id)
        )

    rounds = func.count(ConsentRequest.round_id.distinct())
    questions = kind("questions", ConsentRequest.author_id, rounds, ConsentRound.opened_at)
    refused = kind("refused", Capacity.member_id, func.count(Capacity.id), Capacity.refused_at)
    still_right = kind("still_right", Capacity.member_id, func.count(Capacity.id), _said_right_at())
    drafts = kind("drafts", Draft.member_id, func.count(Draft.id), Draft.warned_at)
    reviews = kind("reviews", Member.id, func.count(ReviewRequest.id), ReviewRequest.asked_at)
    return [
        questions.select_from(ConsentRequest)
        .join(ConsentRound, ConsentRound.id == ConsentRequest.round_id)
        .where(
            STANDS,
            ConsentRequest.answer.is_(None),
            ConsentRound.withdrawn.is_(False),
            ConsentRound.closed_at.is_(None),
            ConsentRound.closes_at > _NOW,
        ),
        refused.where(capacities.refused_after(_LATELY)),
        still_right.where(affirmations.is_due_since(_YEAR_AGO, _TODAY)),
        drafts.where(*OPEN_DRAFT, Draft.warned_at.is_not(None)),
        asked(reviews.select_from(Member)),
    ]


def values(now: datetime) -> dict[str, Any]:
    """Return what these queries need besides the members."""
    return {
        "now": now,
        "today": days.day_of(now),
        "lately": now - capacities.TOLD,
        "year_ago": now - affirmations.YEAR,
    }


def _said_right_at() -> ColumnElement[Any]:
    """When its member said last that a capacity is right, or it began to count: the year after, it is asked."""
    first = later(Capacity.confirmed_at, Capacity.counts_until)
    return later(first, Capacity.affirmed_at)


def later(one: Any, other: Any) -> ColumnElement[Any]:
    """Return the later of two moments; `other` may be null."""
    return case((other > one, other), else_=one)


def asked(query: Any) -> Any:
    """Return a query on members with what is asked of each by name or in a group, and they did not put away."""
    moderators = belonging(Membership) & (Membership.role == Role.MODERATOR)
    moderates = _of_member(Membership.member_id, moderators)
    appointed = _of_member(NetworkAppointment.member_id, NetworkAppointment.ended_at.is_(None))
    of_group = ReviewRequest.asked_id.is_(None) & or_(moderates, appointed)
    return (
        query.join(ReviewRequest, (ReviewRequest.asked_id == Member.id) | of_group)
        .join(LessonVersion, LessonVersion.id == ReviewRequest.version_id)
        .join(Lesson, Lesson.working_id == LessonVersion.id)
        .where(
            in_list(Member.id, "member_ids"),
            Lesson.state == LessonState.IN_REVIEW,
            not_(review_set_aside.by(EACH_MEMBER)),
            sees(Lesson, EACH_MEMBER),
            *OPEN_REQUEST,
        )
    )


def _of_member(member_id: Any, condition: Any) -> Any:
    return exists().where(member_id == Member.id, condition).correlate(Member)
