"""Rows of what moderators decided about members: written, found, and ended."""

from typing import Any

from sqlalchemy import select

from forum.domain.audit import undoable
from forum.infra import clock
from forum.infra.db import db
from forum.models.measures import MeasureKind, MeasureObjection, SpaceMeasure
from forum.models.spaces import Membership, Space
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actors import Actor, in_force


def write(
    actor: Actor, about: Membership | SpaceMeasure, kind: MeasureKind, *, reason: str, **more: Any
) -> SpaceMeasure:
    """Write down a decision of this moment about whom a membership, or a row that is not stored yet, names.

    What can be undone gets its act; a warning is told at once, and cannot.
    """
    row = SpaceMeasure(
        space_id=about.space_id,
        member_id=about.member_id,
        kind=kind,
        reason=reason,
        made_by_id=actor.id,
        made_at=clock.now(),
        **more,
    )
    db.session.add(row)
    db.session.flush()
    if kind != MeasureKind.WARN:
        slug = db.session.scalar(select(Space.slug).where(Space.id == row.space_id))
        before = {"measure_id": row.id, "slug": slug, "member_id": row.member_id}
        row.act_id = undoable.note(actor, UndoKind.MEASURE, before=before).id
        db.session.flush()
    return row


def current(space_id: int, member_id: int, kind: MeasureKind) -> SpaceMeasure | None:
    """Return the decision of that kind about a member that holds today; the newest, should there be two."""
    query = select(SpaceMeasure).where(
        SpaceMeasure.space_id == space_id,
        SpaceMeasure.member_id == member_id,
        SpaceMeasure.kind == kind,
        in_force(SpaceMeasure),
    )
    query = query.order_by(SpaceMeasure.id.desc()).limit(1).execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def is_open(measure: SpaceMeasure) -> bool:
    """Return whether a decision can still be undone: until then nobody was told of it."""
    if measure.act_id is None:
        return False
    return undoable.is_open(db.session.get_one(UndoableAct, measure.act_id, populate_existing=True))


def is_recent(measure: SpaceMeasure) -> bool:
    """Return the same by the moment alone, of one that nobody undid; asks nothing."""
    return measure.act_id is not None and clock.now() < measure.made_at + undoable.WINDOW


def end_removals(space_id: int, member_id: int, *, by_id: int | None) -> None:
    """End what removed somebody who belongs again (system verb): nobody undoes or objects to it any more."""
    query = select(SpaceMeasure).where(
        SpaceMeasure.space_id == space_id,
        SpaceMeasure.member_id == member_id,
        SpaceMeasure.kind == MeasureKind.REMOVE,
        SpaceMeasure.ended_at.is_(None),
    )
    for measure in db.session.scalars(query.order_by(SpaceMeasure.id)).all():
        end(measure, by_id=by_id)


def end(measure: SpaceMeasure, *, by_id: int | None) -> bool:
    """End it now; return whether that was in its ten minutes, so that nobody was or is told of it (system verb).

    What was said against it needs no answer any more.
    """
    measure.ended_at, measure.ended_by_id = clock.now(), by_id
    was_open = measure.act_id is not None and undoable.mark_act_undone(measure.act_id)
    if was_open:
        measure.undone_at = measure.ended_at
    # First: whoever objects at this moment has the row locked, and is found after it.
    db.session.flush()
    said = (MeasureObjection.measure_id == measure.id, MeasureObjection.decided_at.is_(None))
    for objection in db.session.scalars(select(MeasureObjection).where(*said)).all():
        objection.decided_at, objection.decided_by_id = measure.ended_at, by_id
        objection.ended = True
    db.session.flush()
    return was_open
