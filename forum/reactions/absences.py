"""From a space in which no moderator is there to who is told: its deputy, and where it lasts the administrators."""

from forum.domain.desk import long_unattended
from forum.domain.mailing.notices import Subject
from forum.domain.spaces import stand_ins
from forum.infra.db import db
from forum.models.events import Event
from forum.models.nobody_there import StandIn
from forum.models.spaces import Space
from forum.reactions import told


def stands_in(event: Event) -> None:
    """Tell the deputy that they stand in, unless that is over by now; then the next time is told anew."""
    row = stand_ins.still(event.payload["stand_in_id"], lock=True)
    if row is None:
        gone = db.session.get(StandIn, event.payload["stand_in_id"])
        if gone is not None and gone.ended_at is None:
            stand_ins.end(gone)
        return
    members = told.readers(db.session.get_one(Space, row.space_id), [row.member_id])
    keys = dict.fromkeys(members, f"{stand_ins.KIND}.{event.id}")
    told.write_letters(event, stand_ins.KIND, keys, {"stand_in_id": row.id})
    told.tell(event, dict.fromkeys(members, stand_ins.KIND), Subject(space_id=row.space_id))


def unattended(event: Event) -> None:
    """Tell administrators of the first of these spaces that they see and that had nobody for a day, and still has."""
    kind, ids = long_unattended.KIND, event.payload["unattended_ids"]
    untold = long_unattended.administrators()
    for row in long_unattended.still(ids, lock=True):
        members = told.readers(db.session.get_one(Space, row.space_id), untold)
        keys = {member_id: f"{kind}.{event.id}.{member_id}" for member_id in members}
        told.write_letters(event, kind, keys, {"unattended_ids": ids})
        told.tell(event, dict.fromkeys(members, kind), Subject(space_id=row.space_id))
        untold = [member_id for member_id in untold if member_id not in keys]
        if not untold:
            break
