"""Who may confirm a lesson: an editor who neither made it, nor is quoted in it, nor reported on it, while it stands.

Its page, the queue at home, the digest and who is told all ask here.
"""

from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select

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


def answer(actor: Actor | None, lesson: Lesson, insider: Any = None) -> Answer:
    """Return whether the actor may confirm a lesson (one query for an editor, unless its row of `insider` is read)."""
    first = may_confirm(actor, lesson, made=False, reported=False)
    if actor is None or not first:
        return first
    row = insider or db.session.execute(insiders(actor.id, lesson.id)).one()
    return may_confirm(actor, lesson, made=bool(row.made), reported=bool(row.reported))


def insiders(member_id: Any, lesson_id: Any) -> Select[Any]:
    """Select whether a member is behind a lesson, and whether they reported on it: ids, or expressions for them."""
    facts = select(_made(member_id).label("made"), _reported(member_id).label("reported"))
    return cast(Select[Any], facts.where(Lesson.id == lesson_id))


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
