"""By whom something that waits no longer was decided, and how: the clear word to who came second."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from forum.domain.desk import waiting
from forum.domain.held_posts import queue as held_queue
from forum.domain.threads import left_behind
from forum.infra.db import db
from forum.infra.i18n import lazy
from forum.models.accounts import Capacity, Member
from forum.models.desk import DeskAside
from forum.models.disputes import CounterEvidence
from forum.models.held import HeldOutcome, HeldPost
from forum.models.lessons import Lesson
from forum.models.measures import MeasureObjection, SpaceMeasure
from forum.models.moderation import ModerationAction
from forum.models.nominations import Nomination
from forum.models.post_reports import PostObjection, PostSettlement, ReportOutcome
from forum.models.sealing import Sealing, SealingObjection
from forum.models.spaces import JoinRequest
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.answering import answerable, moderated
from forum.policy.visibility import sees

SETTLED = {
    ReportOutcome.HIDDEN: lazy("the post is hidden"),
    ReportOutcome.ASKED: lazy("its author is asked to change it"),
    ReportOutcome.LEFT: lazy("it stays as it is"),
    ReportOutcome.TAKEN_BACK: lazy("its author took it back"),
}
APPEARED = {HeldOutcome.APPROVED: lazy("it appeared"), HeldOutcome.REFUSED: lazy("it does not appear")}


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decided, whether that was the actor themselves, what came of it, and where and about whom it was."""

    name: str
    is_own: bool
    what: Any
    space_id: int | None = None


def of(actor: Actor, key: str) -> Decided | None:
    """Return what was decided on an item that the actor moderates; None where nothing was, as far as they may know."""
    kind, item_id = waiting.named(key)
    return _HOW[kind](actor, item_id) if kind in _HOW else None


def _join_request(actor: Actor, item_id: int) -> Decided | None:
    query = select(JoinRequest.accepted, JoinRequest.space_id).where(
        JoinRequest.id == item_id, sees(JoinRequest, actor), JoinRequest.answered_at.is_not(None)
    )
    words = {True: lazy("let in"), False: lazy("not let in")}
    return _by(actor, query, JoinRequest.answered_by_id, lambda row: words[bool(row.accepted)])


def _capacity(actor: Actor, item_id: int) -> Decided | None:
    its = (Capacity.id == item_id, answerable(actor))
    where_answered = (
        select(func.max(ModerationAction.space_id))
        .where(ModerationAction.capacity_id == Capacity.id, ModerationAction.space_id.in_(moderated(actor)))
        .correlate(Capacity)
        .scalar_subquery()
    )
    query = select(where_answered.label("space_id")).select_from(Capacity)
    confirmed = query.where(*its, Capacity.confirmed_at.is_not(None))
    refused = query.where(*its, Capacity.refused_at.is_not(None))
    found = _by(actor, confirmed, Capacity.confirmed_by_id, lambda _row: lazy("confirmed"))
    return found or _by(actor, refused, Capacity.refused_by_id, lambda _row: lazy("not confirmed"))


def _nominated(actor: Actor, item_id: int) -> Decided | None:
    query = (
        select(Nomination.ending, Thread.space_id)
        .join(Thread, Thread.id == Nomination.thread_id)
        .where(Thread.id == item_id, sees(Thread, actor), Thread.space_id.in_(moderated(actor)))
        .where(Nomination.ended_at.is_not(None))
        .order_by(Nomination.ended_at.desc(), Nomination.id.desc())
        .limit(1)
    )
    words = {True: lazy("a lesson is begun"), False: lazy("closed")}
    return _by(actor, query, Nomination.ended_by_id, lambda row: words[row.ending == "taken_up"])


def _disputed(actor: Actor, item_id: int) -> Decided | None:
    query = (
        select(CounterEvidence.accepted, Lesson.space_id)
        .join(Lesson, Lesson.id == CounterEvidence.lesson_id)
        .where(CounterEvidence.id == item_id, CounterEvidence.decided_at.is_not(None))
        .where(sees(Lesson, actor), Lesson.space_id.in_(moderated(actor)))
    )
    words = {True: lazy("placed beside the claim"), False: lazy("declined")}
    return _by(actor, query, CounterEvidence.decided_by_id, lambda row: words[bool(row.accepted)])


def _unanswered(actor: Actor, item_id: int) -> Decided | None:
    query = (
        select(DeskAside.space_id)
        .join(Thread, Thread.id == DeskAside.item_id)
        .where(DeskAside.kind == "unanswered", DeskAside.item_id == item_id)
        .where(sees(Thread, actor), DeskAside.space_id.in_(moderated(actor)))
    )
    return _by(actor, query, DeskAside.member_id, lambda _row: lazy("no answer needed"))


def _reported(actor: Actor, item_id: int) -> Decided | None:
    query = (
        select(PostSettlement.outcome, Thread.space_id)
        .join(Post, Post.id == PostSettlement.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id == item_id, Post.author_id != actor.id, PostSettlement.undone_at.is_(None))
        .where(sees(Thread, actor), Thread.space_id.in_(moderated(actor)))
        .where(left_behind.is_of_here(Thread.id, PostSettlement.settled_at))
        .order_by(PostSettlement.id.desc())
        .limit(1)
    )
    return _by(actor, query, PostSettlement.settled_by_id, lambda row: SETTLED[row.outcome])


def _held(actor: Actor, item_id: int) -> Decided | None:
    query = (
        select(HeldPost.outcome, held_queue.space_of().label("space_id"))
        .outerjoin(Thread, Thread.id == HeldPost.thread_id)
        .where(HeldPost.id == item_id, HeldPost.author_id != actor.id, HeldPost.outcome.in_(APPEARED))
        .where(
            held_queue.space_of().in_(moderated(actor)),
            or_(HeldPost.thread_id.is_(None), sees(Thread, actor)),
            left_behind.is_of_here(HeldPost.thread_id, HeldPost.decided_at),
        )
    )
    return _by(actor, query, HeldPost.decided_by_id, lambda row: APPEARED[row.outcome])


def _objection(actor: Actor, item_id: int) -> Decided | None:
    last = select(func.max(PostObjection.id)).where(PostObjection.post_id == item_id).scalar_subquery()
    query = (
        select(PostObjection.restored, Thread.space_id)
        .join(Post, Post.id == PostObjection.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            PostObjection.id == last,
            PostObjection.author_id != actor.id,
            PostObjection.decided_at.is_not(None),
        )
        .where(sees(Thread, actor), Thread.space_id.in_(moderated(actor)))
        .where(left_behind.is_of_here(Thread.id, PostObjection.decided_at))
    )
    words = {True: lazy("the post is shown again"), False: lazy("it stays hidden")}
    return _by(actor, query, PostObjection.decided_by_id, lambda row: words[row.restored])


def _left_out(actor: Actor, item_id: int) -> Decided | None:
    query = (
        select(SealingObjection.granted, Thread.space_id)
        .join(Sealing, Sealing.id == SealingObjection.sealing_id)
        .join(Post, Post.id == Sealing.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Sealing.id == item_id, Post.author_id != actor.id, SealingObjection.decided_at.is_not(None))
        .where(sees(Thread, actor), Thread.space_id.in_(moderated(actor)))
        .where(left_behind.is_of_here(Thread.id, SealingObjection.decided_at))
    )
    words = {True: lazy("leaving it out was wrong"), False: lazy("the words stay out")}
    return _by(actor, query, SealingObjection.decided_by_id, lambda row: words[row.granted])


def _measure(actor: Actor, item_id: int) -> Decided | None:
    query = (
        select(MeasureObjection.ended, SpaceMeasure.space_id)
        .join(SpaceMeasure, SpaceMeasure.id == MeasureObjection.measure_id)
        .where(SpaceMeasure.id == item_id, SpaceMeasure.member_id != actor.id)
        .where(MeasureObjection.decided_at.is_not(None), SpaceMeasure.space_id.in_(moderated(actor)))
    )
    words = {True: lazy("it ended"), False: lazy("it stays")}
    return _by(actor, query, MeasureObjection.decided_by_id, lambda row: words[row.ended])


def _by(actor: Actor, query: Any, by_id: Any, said: Callable[[Any], Any]) -> Decided | None:
    row = db.session.execute(
        query.add_columns(Member.id.label("by_id"), Member.name.label("by_name")).join(
            Member, Member.id == by_id
        )
    ).first()
    if row is None:
        return None
    return Decided(row.by_name, row.by_id == actor.id, said(row), getattr(row, "space_id", None))


_HOW: Mapping[str | None, Callable[[Actor, int], Decided | None]] = {
    "join_request": _join_request,
    "capacity": _capacity,
    "nominated": _nominated,
    "disputed": _disputed,
    "unanswered": _unanswered,
    "reported": _reported,
    "held": _held,
    "objections": _objection,
    "left_out": _left_out,
    "measures": _measure,
}
