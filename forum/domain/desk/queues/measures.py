"""Objections of members to what was decided about them: for moderators who did not, and the deputy of the only one."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select

from forum.domain.desk.queues.columns import Columns, in_workdays
from forum.domain.moderation import measure_objections
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.measures import MeasureObjection, SpaceMeasure
from forum.policy.actors import Actor

NAME = "measures"
WORKDAYS = 5


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the objections in these spaces that wait for the actor; `item_id` is that of the decision."""
    columns = Columns(
        kind=NAME,
        item_id=SpaceMeasure.id,
        space_id=SpaceMeasure.space_id,
        due_at=in_workdays(MeasureObjection.made_at, WORKDAYS),
        since_at=MeasureObjection.made_at,
        who=Member.name,
        words=MeasureObjection.words,
    )
    return _joined(columns.select(), actor).where(SpaceMeasure.space_id.in_(list(space_ids)))


def details(actor: Actor, item_id: int) -> measure_objections.ToDecide | None:
    """Return the objection with what was decided; None where it waits for the actor no more (one query)."""
    found: Any = select(SpaceMeasure, Member.name, MeasureObjection)
    row = db.session.execute(_joined(found, actor).where(SpaceMeasure.id == item_id)).one_or_none()
    return measure_objections.shown(*row) if row is not None else None


def _joined(query: Select[Any], actor: Actor) -> Select[Any]:
    """A query from the open objections that wait for the actor."""
    return (
        query.select_from(SpaceMeasure)
        .join(MeasureObjection, MeasureObjection.measure_id == SpaceMeasure.id)
        .join(Member, Member.id == SpaceMeasure.member_id)
        .where(measure_objections.OPEN, SpaceMeasure.ended_at.is_(None), measure_objections.decides(actor))
    )
