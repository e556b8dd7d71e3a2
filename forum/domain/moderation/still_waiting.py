"""What still waits in a thread, as far as the moderator who looks may know it.

Never that their own post was reported, nor that somebody elsewhere makes a lesson of it.
"""

from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy import Select, func, select

from forum.domain.held_posts import pointing
from forum.domain.moderation import settlers
from forum.infra.db import db
from forum.models.consents import ConsentRound
from forum.models.held import HeldPost, PointedOut
from forum.models.lessons import Lesson, LessonSource
from forum.models.nominations import Nomination
from forum.models.post_reports import PostReport
from forum.models.regrouping import AgreementRound
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.answering import moderated


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of each kind still waits in a thread, for its moderators or for its authors."""

    reports: int  # posts of others that are reported
    held: int  # replies that wait to appear
    pointed_out: int  # posts with a watched word
    nominations: int
    permissions: int  # questions whether a lesson of the actor's spaces may quote, that are open
    agreements: int  # questions whether others may read it
    is_unanswered: bool

    @property
    def is_any(self) -> bool:
        """Whether anything does."""
        return any(astuple(self))


def of(actor: Actor, thread: Thread) -> Waiting:
    """Return what waits in a thread, for a moderator of its space (one query)."""
    reports = (
        select(func.count(Post.id.distinct()))
        .join(PostReport, PostReport.post_id == Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(settlers.OPEN, Post.hidden_at.is_(None), Post.deleted_at.is_(None), settlers.settles(actor))
    )
    pointed_out = (
        select(func.count(PointedOut.id))
        .join(Post, Post.id == PointedOut.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(*pointing.pointed_to(actor))
    )
    permissions = (
        select(func.count(ConsentRound.id.distinct()))
        .join(Lesson, Lesson.round_id == ConsentRound.id)
        .join(LessonSource, LessonSource.lesson_id == Lesson.id)
        .where(
            LessonSource.thread_id == thread.id,
            Lesson.space_id.in_(moderated(actor)),
            ConsentRound.closed_at.is_(None),
            ConsentRound.withdrawn.is_(False),
        )
    )
    here = (Nomination.thread_id == thread.id, Nomination.ended_at.is_(None))
    counts: dict[str, Select[Any]] = {
        "reports": reports.where(Thread.id == thread.id),
        "held": select(func.count(HeldPost.id)).where(
            HeldPost.thread_id == thread.id, HeldPost.outcome.is_(None)
        ),
        "pointed_out": pointed_out.where(Thread.id == thread.id),
        "nominations": select(func.count(Nomination.id)).where(*here),
        "permissions": permissions,
        "agreements": select(func.count(AgreementRound.id)).where(
            AgreementRound.thread_id == thread.id, AgreementRound.ended_at.is_(None)
        ),
    }
    columns = [query.scalar_subquery().label(name) for name, query in counts.items()]
    row = db.session.execute(select(*columns)).one()
    return Waiting(**row._mapping, is_unanswered=thread.answered_at is None)
