"""What needs members, counted for many at once: rows of one query beside all else that is theirs."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Integer, bindparam, exists, func, not_, or_
from sqlalchemy.orm import aliased

from forum.domain.consents import store
from forum.domain.drafts.queries import OPEN as OPEN_DRAFT
from forum.domain.lessons import review_set_aside
from forum.domain.lessons.review_requests import OPEN as OPEN_REQUEST
from forum.infra.db import Moment
from forum.models.accounts import Member, NetworkAppointment
from forum.models.consents import ConsentRequest, ConsentRound
from forum.models.drafts import Draft
from forum.models.lessons import Lesson, LessonState, LessonVersion, ReviewRequest
from forum.models.spaces import JoinRequest, Membership, Role
from forum.policy.readers import EACH_MEMBER
from forum.policy.visibility import sees

NEED = "need "  # before the kind of what waits
_ASKING = aliased(Member)
_IDS: Any = bindparam("member_ids", expanding=True, type_=Integer)
_NOW: Any = bindparam("now", type_=Moment)


def counted(row: Callable[..., Any]) -> list[Any]:
    """Return for each kind a query with how many wait for each of the members, and since when the newest does."""

    def kind(name: str, member_id: Any, number: Any, at: Any) -> Any:
        return (
            row(NEED + name, member_id, number, at=func.max(at))
            .where(member_id.in_(_IDS))
            .group_by(member_id)
        )

    rounds = func.count(ConsentRequest.round_id.distinct())
    questions = kind("questions", ConsentRequest.author_id, rounds, ConsentRound.opened_at)
    requests = kind("join_requests", Member.id, func.count(JoinRequest.id), JoinRequest.asked_at)
    drafts = kind("drafts", Draft.member_id, func.count(Draft.id), Draft.warned_at)
    reviews = kind("reviews", Member.id, func.count(ReviewRequest.id), ReviewRequest.asked_at)
    return [
        questions.select_from(ConsentRequest)
        .join(ConsentRound, ConsentRound.id == ConsentRequest.round_id)
        .where(
            store.STANDS,
            ConsentRequest.answer.is_(None),
            ConsentRound.withdrawn.is_(False),
            ConsentRound.closed_at.is_(None),
            ConsentRound.closes_at > _NOW,
        ),
        requests.select_from(Member)
        .join(JoinRequest, sees(JoinRequest, EACH_MEMBER))
        .join(_ASKING, _ASKING.id == JoinRequest.member_id)
        .where(
            JoinRequest.answered_at.is_(None),
            _ASKING.confirmed_at.is_not(None),
            _ASKING.suspended_at.is_(None),
        ),
        drafts.where(*OPEN_DRAFT, Draft.warned_at.is_not(None)),
        asked(reviews.select_from(Member)),
    ]


def asked(query: Any) -> Any:
    """Return a query on members with what is asked of each by name or in a group, and they did not put away."""
    moderators = Membership.ended_at.is_(None) & (Membership.role == Role.MODERATOR)
    moderates = _of_member(Membership.member_id, moderators)
    appointed = _of_member(NetworkAppointment.member_id, NetworkAppointment.ended_at.is_(None))
    of_group = ReviewRequest.asked_id.is_(None) & or_(moderates, appointed)
    return (
        query.join(ReviewRequest, (ReviewRequest.asked_id == Member.id) | of_group)
        .join(LessonVersion, LessonVersion.id == ReviewRequest.version_id)
        .join(Lesson, Lesson.working_id == LessonVersion.id)
        .where(
            Member.id.in_(_IDS),
            Lesson.state == LessonState.IN_REVIEW,
            not_(review_set_aside.by(EACH_MEMBER)),
            sees(Lesson, EACH_MEMBER),
            *OPEN_REQUEST,
        )
    )


def _of_member(member_id: Any, condition: Any) -> Any:
    return exists().where(member_id == Member.id, condition).correlate(Member)
