"""Where drafts of objections stand: with what their author objects to, as long as they may."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, select

from forum.domain.drafts.views import Place, Subject
from forum.domain.moderation import measure_objections
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.measures import MeasureObjection, SpaceMeasure
from forum.models.post_reports import PostObjection
from forum.models.sealing import Sealed, Sealing, SealingObjection
from forum.models.spaces import Space
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct
from forum.policy.actors import Actor
from forum.policy.measuring import may_object_to
from forum.policy.moderating import may_object
from forum.policy.visibility import sees
from forum.policy.words import may_object_to_leaving_out

FORMS = OBJECTION, AGAINST_LEAVING_OUT, AGAINST_MEASURE = (
    "objection",
    "left_out_objection",
    "measure_objection",
)


def of(actor: Actor, asked: Collection[Subject]) -> dict[Subject, Place]:
    """Return where these drafts stand, without those that are not the actor's to write (a query for each form)."""
    found: dict[Subject, Place] = {}
    for form, look_up in (
        (OBJECTION, _hidden),
        (AGAINST_LEAVING_OUT, _left_out),
        (AGAINST_MEASURE, _measures),
    ):
        ids = [one.id for one in asked if one.form == form]
        if ids:
            found |= look_up(actor, ids)
    return found


def _hidden(actor: Actor, ids: list[int]) -> dict[Subject, Place]:
    """By the id of the post."""
    same = and_(PostObjection.post_id == Post.id, PostObjection.hidden_at == Post.hidden_at)
    query = _of_posts(Post, Thread, Space.name, PostObjection.id).outerjoin(PostObjection, same)
    rows = db.session.execute(query.where(Post.id.in_(ids), Post.author_id == actor.id, sees(Post, actor)))
    return {
        Subject(OBJECTION, post.id): Place(
            thread.title,
            space,
            may_object(actor, post, is_made=made is not None),
            address={"post_id": post.id},
        )
        for post, thread, space, made in rows
    }


def _left_out(actor: Actor, ids: list[int]) -> dict[Subject, Place]:
    """By the id of the act."""
    query = (
        _of_posts(Sealing.id, UndoableAct.until, Post, Thread, Space.name, SealingObjection.id)
        .join(Sealing, Sealing.post_id == Post.id)
        .join(UndoableAct, UndoableAct.id == Sealing.act_id)
        .outerjoin(SealingObjection, SealingObjection.sealing_id == Sealing.id)
        .where(Sealing.id.in_(ids), Sealing.kind == Sealed.LEAVE_OUT, UndoableAct.undone_at.is_(None))
        .where(Post.author_id == actor.id, sees(Post, actor))
    )
    return {
        Subject(AGAINST_LEAVING_OUT, sealing_id): Place(
            thread.title,
            space,
            may_object_to_leaving_out(actor, post, is_final=until <= clock.now(), is_made=made is not None),
            address={"sealing_id": sealing_id},
        )
        for sealing_id, until, post, thread, space, made in db.session.execute(query)
    }


def _measures(actor: Actor, ids: list[int]) -> dict[Subject, Place]:
    """By the id of what was decided; of a space that they may no longer see."""
    found: Any = select(SpaceMeasure, Space.name, MeasureObjection.id)
    query = (
        found.outerjoin(Space, and_(Space.id == SpaceMeasure.space_id, sees(Space, actor)))
        .outerjoin(MeasureObjection, MeasureObjection.measure_id == SpaceMeasure.id)
        .where(SpaceMeasure.id.in_(ids), SpaceMeasure.member_id == actor.id, SpaceMeasure.undone_at.is_(None))
    )
    return {
        Subject(AGAINST_MEASURE, measure.id): Place(
            _("What was decided about you"),
            space or "",
            may_object_to(
                actor, measure, is_final=measure_objections.is_final(measure), is_made=made is not None
            ),
            address={"measure_id": measure.id},
        )
        for measure, space, made in db.session.execute(query)
    }


def _of_posts(*columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Post)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Space, Space.id == Thread.space_id)
    )
