"""Reviews that a moderator is asked for by name. What a group is asked is nobody's, and needs no hand-over.

Who can no longer check it leaves nothing behind: the question goes back to who asked (`lessons/review_answers.py`).
Whether somebody may check a version says what they are to its sources, so that nobody hears it of somebody else.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, or_, select

from forum.domain.handovers.kind import Item, Kind
from forum.domain.lessons import review_taking
from forum.domain.lessons.review_requests import OPEN
from forum.infra.db import db
from forum.infra.i18n import lazy
from forum.models.accounts import Member
from forum.models.lessons import Lesson, LessonState, LessonVersion, ReviewRequest
from forum.models.spaces import Audience, Membership, Role
from forum.policy.actors import Actor
from forum.policy.standing import belonging, in_good_standing
from forum.policy.visibility import sees


def held(_moment: Any) -> Select[*tuple[Any, ...]]:
    """Select every open question by name, in each space that who is asked moderates.

    Of lessons of other spaces, too: they are asked as a moderator of theirs. What stays in its space passes there.
    """
    return (
        select(
            ReviewRequest.asked_id.label("holder_id"),
            Membership.space_id,
            ReviewRequest.id.label("item_id"),
            ReviewRequest.asked_at.label("since_at"),
        )
        .join(Lesson, Lesson.working_id == ReviewRequest.version_id)
        .join(Member, Member.id == ReviewRequest.asked_id)
        .join(Membership, Membership.member_id == ReviewRequest.asked_id)
        .where(
            *OPEN,
            Lesson.state == LessonState.IN_REVIEW,
            in_good_standing(Member),
            belonging(Membership),
            Membership.role == Role.MODERATOR,
            or_(Lesson.audience != Audience.SPACE, Lesson.space_id == Membership.space_id),
        )
    )


def seen(reader: Actor, request_ids: Collection[int]) -> dict[int, Item]:
    """Return those of these requests of which the reader may see the lesson (one query)."""
    rows = db.session.execute(
        select(ReviewRequest.id, ReviewRequest.due_on, Lesson.id.label("lesson_id"), LessonVersion.title)
        .join(LessonVersion, LessonVersion.id == ReviewRequest.version_id)
        .join(Lesson, Lesson.working_id == LessonVersion.id)
        .where(ReviewRequest.id.in_(request_ids), sees(Lesson, reader), sees(LessonVersion, reader))
    )
    return {row.id: Item(row.title, lesson_id=row.lesson_id, until=row.due_on) for row in rows}


def take(actor: Actor, request_id: int, giver_id: int) -> None:
    """Be asked instead."""
    review_taking.take_over(actor, request_id, giver_id=giver_id)


KIND = Kind(
    "review",
    lazy("Lesson to check"),
    lazy("a review"),
    held,
    seen,
    review_taking.answers,
    take,
    known_inside=False,
    known_to_giver=False,
)
