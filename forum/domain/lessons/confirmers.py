"""Who may confirm a lesson: an editor who neither made it, nor is quoted in it, nor reported on it, while it stands.

Its page, the queue at home, the digest and who is told all ask here.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select

from forum.domain.lessons import behind_claims, earlier_curators
from forum.domain.lessons.listed import listed
from forum.infra.db import db
from forum.models.adoptions import AdoptionReport
from forum.models.claims import Claim, Excerpt
from forum.models.lessons import Lesson
from forum.models.threads import Post, PostRevision
from forum.policy.actions import Answer
from forum.policy.actors import Actor
from forum.policy.reporting import may_confirm


def answer(actor: Actor | None, lesson: Lesson) -> Answer:
    """Return whether the actor may confirm a lesson (one query for an editor)."""
    first = may_confirm(actor, lesson, made=False, reported=False)
    if actor is None or not first:
        return first
    facts = select(_made(actor.id), _reported(actor.id)).where(Lesson.id == lesson.id)
    made, reported = db.session.execute(facts).one()
    return may_confirm(actor, lesson, made=made, reported=reported)


def waits_for(member_id: Any) -> ColumnElement[bool]:
    """Return whether a lesson waits for an editor to confirm it, for queries of lessons: their id, or a column."""
    return and_(Lesson.ready_at.is_not(None), listed(), not_(_made(member_id)), not_(_reported(member_id)))


def _made(member_id: Any) -> ColumnElement[bool]:
    quotes = behind_claims.authors(Lesson.current_id).where(Post.author_id == member_id)
    return or_(
        Lesson.curator_id == member_id,
        earlier_curators.includes(member_id),
        exists(quotes.correlate_except(Post, PostRevision, Excerpt, Claim)),
    )


def _reported(member_id: Any) -> ColumnElement[bool]:
    reported = select(AdoptionReport.id).where(
        AdoptionReport.lesson_id == Lesson.id, AdoptionReport.reporter_id == member_id
    )
    return exists(reported.correlate_except(AdoptionReport))
