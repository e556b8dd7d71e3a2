"""From what moderators decide about a member to who is told: that member, never by whom, and whoever has to decide."""

from forum.domain.mailing.notices import Subject
from forum.domain.moderation import measure_objections
from forum.infra.db import db
from forum.models.events import Event
from forum.models.measures import SpaceMeasure
from forum.models.spaces import Space
from forum.reactions import told


def warned(event: Event) -> None:
    """Tell whom a warning is for, at once."""
    _tell(event, "measure_warned")


def taken(event: Event) -> None:
    """Tell whom it is about, once nobody can undo it."""
    act, measure = told.act_of(event), _measure(event)
    if act is not None and measure is not None and measure.ended_at is None:
        space = db.session.get_one(Space, measure.space_id)
        about = Subject(space_id=space.id)
        told.tell_owner(event, "measure_taken", measure.member_id, about=about, row=space, act=act)


def ended(event: Event) -> None:
    """Tell whom it was about that it ended."""
    _tell(event, "measure_ended")


def kept(event: Event) -> None:
    """Tell who objected that it stays, where they read why."""
    _tell(event, "measure_kept")


def objected(event: Event) -> None:
    """Tell the deputy of the space, where nobody else may decide on it."""
    measure = _measure(event)
    deputy_id = measure_objections.deputy_for(measure) if measure is not None else None
    if measure is not None and deputy_id is not None:
        told.tell(event, {deputy_id: "deputy_needed"}, Subject(space_id=measure.space_id))


def _tell(event: Event, kind: str) -> None:
    measure = _measure(event)
    if measure is not None:
        space = db.session.get_one(Space, measure.space_id)
        told.tell_owner(event, kind, measure.member_id, about=Subject(space_id=space.id), row=space)


def _measure(event: Event) -> SpaceMeasure | None:
    return db.session.get(SpaceMeasure, event.payload["measure_id"], populate_existing=True)
