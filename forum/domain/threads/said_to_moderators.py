"""What members and moderators said to one another: reports, objections, answers, posts that wait, and reasons."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, update

from forum.infra import clock
from forum.infra.db import Moment, db
from forum.models.accounts import Capacity
from forum.models.held import HeldOutcome, HeldPost
from forum.models.measures import MeasureObjection, SpaceMeasure
from forum.models.moderation import Action, ModerationAction
from forum.models.nominations import Nomination
from forum.models.post_reports import PostObjection, PostReport, PostSettlement
from forum.models.regrouping import Agreement
from forum.models.responses import ThreadResponse
from forum.models.sealing import Sealing, SealingObjection
from forum.models.threads import Post, PostRevision, Thread


def erase(member_id: int) -> None:
    """Empty what a member said there, and was told about their posts: their account is erased.

    That they said something still counts; what waits of them does not appear any more.

    Of what moderators took out of their posts nothing can be brought back then.
    """
    own = select(Post.id).where(Post.author_id == member_id)
    _erase_answers(member_id)
    _erase_hidden(member_id)
    _erase_waiting(member_id)
    for sealing in db.session.scalars(select(Sealing).where(Sealing.post_id.in_(own))).all():
        sealing.kept, sealing.reason = [], ""
        sealing.ended_at = sealing.ended_at or clock.now()
    db.session.flush()
    for row, who in ((PostReport, PostReport.reporter_id), (PostObjection, PostObjection.author_id)):
        db.session.execute(
            update(row)
            .where(who == member_id)
            .values(words="")
            .execution_options(synchronize_session="fetch")
        )
    own = select(SpaceMeasure.id).where(SpaceMeasure.member_id == member_id)
    db.session.execute(update(MeasureObjection).where(MeasureObjection.measure_id.in_(own)).values(words=""))
    against = (
        update(SealingObjection).where(SealingObjection.sealing_id.in_(_sealed(member_id))).values(words="")
    )
    db.session.execute(against.execution_options(synchronize_session="fetch"))
    agreed = update(Agreement).where(Agreement.author_id == member_id).values(agreed=None, answered_at=None)
    db.session.execute(agreed.execution_options(synchronize_session="fetch"))


def _erase_answers(member_id: int) -> None:
    """What they decided of posts of others, and others of theirs, in words that stand beside the log as well."""
    own = select(Post.id).where(Post.author_id == member_id)
    settled = or_(PostSettlement.settled_by_id == member_id, PostSettlement.post_id.in_(own))
    decided = or_(PostObjection.decided_by_id == member_id, PostObjection.author_id == member_id)
    stays_out = or_(
        SealingObjection.decided_by_id == member_id, SealingObjection.sealing_id.in_(_sealed(member_id))
    )
    refused = or_(Capacity.member_id == member_id, Capacity.refused_by_id == member_id)
    for change in (
        update(PostSettlement).where(settled).values(reason="", answer=""),
        update(PostObjection).where(decided).values(answer=""),
        update(SealingObjection).where(stays_out).values(answer=""),
        update(HeldPost).where(HeldPost.decided_by_id == member_id).values(reason=""),
        update(Nomination).where(_nominated(member_id)).values(reason=""),
    ):
        db.session.execute(change.execution_options(synchronize_session="fetch"))
    for capacity in db.session.scalars(select(Capacity).where(refused)):
        capacity.refused_reason = ""


def _erase_hidden(member_id: int) -> None:
    """Why something is hidden: of theirs, and what they gave as a reason themselves. It stays hidden."""
    own = select(Post.id).where(Post.author_id == member_id)
    # Of a text nothing says who hid it, but the log says on whose posts they did.
    acts = (ModerationAction.action == Action.HIDE_REVISION, ModerationAction.actor_id == member_id)
    theirs = select(ModerationAction.post_id).where(*acts, ModerationAction.post_id.is_not(None))
    left_out = select(Sealing.post_id).where(Sealing.sealed_by_id == member_id)
    texts = or_(*(PostRevision.post_id.in_(posts) for posts in (own, theirs, left_out)))
    for change in (
        update(Post).where(or_(Post.author_id == member_id, Post.hidden_by_id == member_id)),
        update(PostRevision).where(texts, PostRevision.hidden_reason != ""),
        update(ThreadResponse).where(
            or_(ThreadResponse.member_id == member_id, ThreadResponse.hidden_by_id == member_id)
        ),
    ):
        emptied = change.values(hidden_reason="")
        db.session.execute(emptied.execution_options(synchronize_session="fetch"))
    db.session.execute(
        update(Sealing)
        .where(Sealing.sealed_by_id == member_id)
        .values(reason="")
        .execution_options(synchronize_session="fetch")
    )


def _erase_waiting(member_id: int) -> None:
    words = {"title": "", "body": "", "tags": [], "word": "", "reason": ""}
    ended = {
        "outcome": func.coalesce(HeldPost.outcome, literal(HeldOutcome.TAKEN_BACK, HeldPost.outcome.type)),
        "decided_at": func.coalesce(HeldPost.decided_at, literal(clock.now(), Moment)),
    }
    waits = update(HeldPost).where(HeldPost.author_id == member_id).values(**words, **ended)
    db.session.execute(waits.execution_options(synchronize_session="fetch"))


def _nominated(member_id: int) -> ColumnElement[bool]:
    """Why it was said of a thread that no lesson comes of it: by them, to them, or of what they began."""
    own = select(Thread.id).where(Thread.author_id == member_id)
    them = (Nomination.ended_by_id == member_id, Nomination.member_id == member_id)
    return or_(*them, Nomination.thread_id.in_(own))


def _sealed(member_id: int) -> Select[Any]:
    """What was taken out of their posts."""
    return select(Sealing.id).join(Post, Post.id == Sealing.post_id).where(Post.author_id == member_id)
