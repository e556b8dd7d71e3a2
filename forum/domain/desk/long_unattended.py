"""Spaces that had nobody for what waits there for a whole day: administrators are told, once of each such time.

Nobody moderates it, all moderators are away without a deputy, or something waits that nobody there may decide on: what
`/admin/spaces` lists, and no more than stands there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from forum.domain.desk import unattended
from forum.domain.mailing import events, notices
from forum.domain.mailing.notices import Subject
from forum.domain.spaces import unmoderated
from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.accounts import Member, NetworkAppointment, NetworkRole
from forum.models.events import Event
from forum.models.nobody_there import UnattendedSpace
from forum.models.notifications import Notification
from forum.models.spaces import Space
from forum.policy.actions import may_administer
from forum.policy.actors import Actor, actor_of

KIND = "space_unattended"
LASTS = timedelta(days=1)
FEW = 3  # spaces of which each has its own letter


@dataclass(frozen=True, slots=True)
class LongUnattended:
    """A space as `/admin/spaces` has it: `number` things wait for somebody else, none where nobody moderates it.

    `others`: how many more spaces stand there.
    """

    id: int
    name: str
    number: int
    are_away: bool
    others: int


def look() -> int:
    """Note where nobody is there, and where somebody is again; return of how many spaces it is told now."""
    here = set(db.session.scalars(unattended.everywhere()))
    known = db.session.scalars(
        select(UnattendedSpace).where(UnattendedSpace.ended_at.is_(None)).order_by(UnattendedSpace.id)
    ).all()
    now = clock.now()
    for row in known:
        if row.space_id not in here:
            _end(row)
    new = sorted(here - {row.space_id for row in known})
    insert_new(UnattendedSpace, [{"space_id": space_id, "since_at": now} for space_id in new])
    db.session.flush()
    due = (
        UnattendedSpace.ended_at.is_(None),
        UnattendedSpace.told_at.is_(None),
        UnattendedSpace.since_at <= now - LASTS,
    )
    query = select(UnattendedSpace).where(*due).order_by(UnattendedSpace.id)
    rows = db.session.scalars(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        row.told_at = now
    ids = [str(row.id) for row in rows]
    # Of many at once, as on the day after an update, one letter tells: it leads to the list of all.
    for together in [[one] for one in ids] if len(ids) <= FEW else [ids]:
        events.record("space.unattended", unattended_ids=" ".join(together))
    db.session.flush()
    return len(rows)


def still(unattended_ids: str, *, lock: bool = False) -> Iterator[UnattendedSpace]:
    """Yield those of these, ids with blanks between them, in which nobody is there at this moment (system read).

    `lock`: whoever ends one waits until it is told, and takes that back.
    """
    for unattended_id in unattended_ids.split():
        if (row := _still(int(unattended_id), lock)) is not None:
            yield row


def _still(unattended_id: int, lock: bool) -> UnattendedSpace | None:
    row = db.session.get(UnattendedSpace, unattended_id, populate_existing=True, with_for_update=lock)
    if row is None or row.ended_at is not None:
        return None
    here = unattended.everywhere().where(Space.id == row.space_id)
    return row if db.session.scalar(here) is not None else None


def administrators() -> list[int]:
    """Return who administers the network now (system read)."""
    now = (NetworkAppointment.role == NetworkRole.ADMIN, NetworkAppointment.ended_at.is_(None))
    return list(db.session.scalars(select(NetworkAppointment.member_id).where(*now)))


def told(administrator: Member, unattended_ids: str) -> LongUnattended | None:
    """Return what an administrator hears by mail: of the first of these that they see, as the page shows it to them.

    None once somebody is everywhere.
    """
    actor = actor_of(administrator.id)
    if actor is None or not may_administer(actor):
        return None
    found = (_as_shown(actor, row.space_id) for row in still(unattended_ids))
    return next((one for one in found if one is not None), None)


def _as_shown(actor: Actor, space_id: int) -> LongUnattended | None:
    others = sum(unattended.counts(actor)) - 1
    for one in unmoderated.of_network(actor, only=space_id):
        return LongUnattended(one.id, one.name, 0, one.are_away, others)
    for other in unattended.of_network(actor, only=space_id):
        return LongUnattended(other.id, other.name, other.number, are_away=False, others=others)
    return None


def _end(row: UnattendedSpace) -> None:
    """Note that somebody is there again; who did not read of it yet no longer hears of it, but of the next one."""
    row.ended_at = clock.now()
    db.session.flush()
    its = (Notification.kind == KIND, Notification.space_id == row.space_id, Notification.read_at.is_(None))
    query = select(Notification, Member, Event).join(Member, Member.id == Notification.member_id)
    unread = query.join(Event, Event.id == Notification.event_id).where(*its).with_for_update(of=Notification)
    for notice, administrator, event in db.session.execute(unread).all():
        if (other := told(administrator, event.payload["unattended_ids"])) is not None:
            notice.space_id = other.id
    db.session.flush()
    notices.take_back(KIND, None, about=Subject(space_id=row.space_id))
