"""Drafts of which the question to the authors is closed, until somebody looked whether their claims still stand."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from forum.domain.lessons import consent_checks
from forum.models.consents import ConsentRequest, ConsentRound
from forum.models.lessons import Lesson, LessonState

# Whether a question still has the words that it is about.
STANDS = ConsentRequest.said != ""


def in_hands_of(member_id: Any, today: Any) -> ColumnElement[bool]:
    """Say of a Lesson that a moderator has it in hand, or may take it over by now: who else cannot look."""
    return or_(
        Lesson.curator_id == member_id,
        Lesson.deputy_id == member_id,
        Lesson.held_until.is_(None),
        Lesson.held_until <= today,
    )


def unlooked() -> tuple[ColumnElement[bool], ...]:
    """Say of a Lesson and a ConsentRound of it: a draft whose round closed, and that nobody looked at since."""
    went = select(ConsentRequest.id).where(
        ConsentRequest.round_id == ConsentRound.id,
        STANDS,
        *consent_checks.GONE,
        ~consent_checks.agreed_since(),
    )
    return (
        Lesson.state == LessonState.DRAFT,
        Lesson.round_id.is_(None),
        ConsentRound.closed_at.is_not(None),
        ConsentRound.withdrawn.is_(False),
        ConsentRound.looked_at.is_(None),
        or_(ConsentRound.version_id == Lesson.working_id, went.exists()),
    )
