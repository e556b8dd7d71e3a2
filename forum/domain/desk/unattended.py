"""What waits in a space for which nobody is there: it stands on no desk. Administrators hear where, and how much.

An objection that the only moderator and the deputy are barred from; or while moderators are away a report of which the
deputy alone says so, or what the deputy wrote themselves. They read none of it: they make another member a moderator.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Subquery, func, or_, select, union_all

from forum.domain.held_posts import queue
from forum.domain.moderation import leaving_out_objections, measure_objections, objections, settlers
from forum.domain.spaces import unmoderated
from forum.infra.db import db
from forum.models.accounts import Member, NetworkAppointment, NetworkRole
from forum.models.held import HeldPost
from forum.models.measures import MeasureObjection, SpaceMeasure
from forum.models.post_reports import PostObjection, PostReport
from forum.models.sealing import Sealing, SealingObjection
from forum.models.spaces import Space
from forum.models.threads import Post, Thread
from forum.policy.actions import may_administer, require
from forum.policy.actors import Actor
from forum.policy.visibility import audience, get_visible, sees


@dataclass(frozen=True, slots=True)
class Unattended:
    """A space that has a moderator, and how many things wait there for somebody else."""

    id: int
    name: str
    slug: str
    number: int


def of_network(actor: Actor, *, only: int | None = None) -> list[Unattended]:
    """Return the first of these spaces by name, or that one, as far as the actor sees them (one query); Forbidden."""
    require(may_administer(actor))
    found = _everything()
    number = func.count().label("number")
    query = select(Space.id, Space.name, Space.slug, number).join(found, found.c.space_id == Space.id)
    query = query.where(sees(Space, actor), ~unmoderated.nobody())
    query = query.where(Space.id == only) if only is not None else query
    query = query.group_by(Space.id, Space.name, Space.slug, Space.sort_key)
    rows = db.session.execute(query.order_by(Space.sort_key, Space.id).limit(unmoderated.MOST))
    return [Unattended(*row) for row in rows]


def counts(actor: Actor) -> tuple[int, int]:
    """Return how many spaces have nobody, and in how many others something waits so (one query); Forbidden."""
    require(may_administer(actor))
    seen = select(func.count()).select_from(Space).where(sees(Space, actor))
    here = Space.id.in_(select(_everything().c.space_id))
    nobody = seen.where(unmoderated.nobody()).scalar_subquery()
    others = seen.where(here, ~unmoderated.nobody()).scalar_subquery()
    row = db.session.execute(select(nobody, others)).one()
    return row[0], row[1]


def everywhere() -> Select[int]:
    """Return the ids of the spaces that have nobody, or in which something waits so (system read)."""
    waits = Space.id.in_(select(_everything().c.space_id))
    return select(Space.id).where(or_(unmoderated.nobody(), waits))


def are_told(space_id: int) -> bool:
    """Return whether any administrator finds a space among these when something waits in it so (system read)."""
    space = db.session.get_one(Space, space_id)
    now = (NetworkAppointment.role == NetworkRole.ADMIN, NetworkAppointment.ended_at.is_(None))
    admins = select(NetworkAppointment.member_id).where(*now)
    here = audience(space).where(Member.id.in_(admins)).with_only_columns(Member.id)
    return db.session.scalar(here.limit(1)) is not None


def name(actor: Actor, space_id: int, *, handle: str) -> None:
    """Make a full member a moderator of a space, where it has none or something waits for which nobody is there.

    NotFound, Forbidden, Conflict for any other space, Invalid at `handle`.
    """
    require(may_administer(actor))
    get_visible(Space, actor, space_id, lock=True)  # one change of its people at a time
    found = _everything()
    waits = db.session.scalar(select(found.c.space_id).where(found.c.space_id == space_id).limit(1))
    unmoderated.name(actor, space_id, handle=handle, is_needed=waits is not None)


def _everything() -> Subquery:
    """One row with its space for each thing that waits for nobody."""
    return union_all(_reported(), _held(), _hidden(), _left_out(), _measures()).subquery("unattended")


def _reported() -> Any:
    # Once a post, however many reported it.
    reported = select(PostReport.post_id).where(settlers.OPEN)
    return (
        select(Thread.space_id)
        .join(Post, Post.thread_id == Thread.id)
        .where(
            Post.id.in_(reported),
            Post.hidden_at.is_(None),
            Post.deleted_at.is_(None),
            Thread.hidden_at.is_(None),
            Thread.withdrawn_at.is_(None),
            settlers.nobody_settles(),
        )
    )


def _held() -> Any:
    stands = or_(HeldPost.thread_id.is_(None), Thread.withdrawn_at.is_(None))
    waiting = (
        select(queue.space_of()).select_from(HeldPost).outerjoin(Thread, Thread.id == HeldPost.thread_id)
    )
    return waiting.where(HeldPost.outcome.is_(None), stands, queue.nobody_decides())


def _hidden() -> Any:
    return (
        select(Thread.space_id)
        .join(Post, Post.thread_id == Thread.id)
        .join(PostObjection, PostObjection.post_id == Post.id)
        .where(
            objections.OPEN,
            Post.hidden_at == PostObjection.hidden_at,
            Post.deleted_at.is_(None),
            Thread.withdrawn_at.is_(None),
            settlers.nobody_decides(),
        )
    )


def _left_out() -> Any:
    return (
        select(Thread.space_id)
        .join(Post, Post.thread_id == Thread.id)
        .join(Sealing, Sealing.post_id == Post.id)
        .join(SealingObjection, SealingObjection.sealing_id == Sealing.id)
        .where(
            leaving_out_objections.OPEN,
            Post.sealed_at.is_(None),
            Post.deleted_at.is_(None),
            Thread.withdrawn_at.is_(None),
            leaving_out_objections.nobody_decides(),
        )
    )


def _measures() -> Any:
    return (
        select(SpaceMeasure.space_id)
        .join(MeasureObjection, MeasureObjection.measure_id == SpaceMeasure.id)
        .where(
            measure_objections.OPEN,
            SpaceMeasure.ended_at.is_(None),
            measure_objections.nobody_decides(),
        )
    )
