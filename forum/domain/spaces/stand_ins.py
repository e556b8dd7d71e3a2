"""Times in which the deputy of a space stands in, as none of its moderators is there: of each they are told once.

Looked for again and again: an absence begins and ends by its days, a deputy is named meanwhile, or the last moderator
who was there loses that role. What was noted is asked again before it is told.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from forum.domain.mailing import events, notices
from forum.domain.mailing.notices import Subject
from forum.domain.spaces import absences, deputies
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.accounts import Member
from forum.models.deputies import SpaceDeputy
from forum.models.events import Event
from forum.models.nobody_there import StandIn
from forum.models.spaces import Space
from forum.policy.visibility import visible

KIND = "deputy_stands_in"


@dataclass(frozen=True, slots=True)
class StandsIn:
    """From which day to which a deputy stands in, where; no last day: until somebody moderates the space again."""

    space_name: str
    space_slug: str
    first: date
    last: date | None


def look() -> int:
    """Note who stands in from today on, who no longer does, and until when the others do; return how many are new."""
    query = select(SpaceDeputy.space_id, SpaceDeputy.member_id)
    found = db.session.execute(query.where(*_stands_in()).order_by(SpaceDeputy.space_id))
    now = {(row.space_id, row.member_id) for row in found}
    until = absences.nobody_until_in({space_id for space_id, _member_id in now})
    known = db.session.scalars(select(StandIn).where(StandIn.ended_at.is_(None)).order_by(StandIn.id)).all()
    for row in known:
        if (row.space_id, row.member_id) in now:
            row.last_day = until.get(row.space_id)
        else:
            end(row)
    new = sorted(now - {(row.space_id, row.member_id) for row in known})
    today = days.today()
    rows = [
        {"space_id": space_id, "member_id": one, "first_day": today, "last_day": until.get(space_id)}
        for space_id, one in new
    ]
    begun = insert_new(StandIn, rows, StandIn.id)
    for row in begun:
        events.record("stand_in.begun", stand_in_id=row.id)
    db.session.flush()
    return len(begun)


def still(stand_in_id: int, *, lock: bool = False) -> StandIn | None:
    """Return it while it is so at this moment: they are the deputy, and no moderator is there (system read).

    `lock`: whoever ends it waits until it is told, and takes that back.
    """
    row = db.session.get(StandIn, stand_in_id, populate_existing=True, with_for_update=lock)
    if row is None or row.ended_at is not None:
        return None
    here = (SpaceDeputy.space_id == row.space_id, SpaceDeputy.member_id == row.member_id)
    return row if db.session.scalar(select(SpaceDeputy.id).where(*here, *_stands_in())) is not None else None


def end(row: StandIn) -> None:
    """Note that it is over; who did not read of it yet no longer hears of it."""
    row.ended_at = clock.now()
    notices.take_back(KIND, row.member_id, about=Subject(space_id=row.space_id))


def told(deputy: Member, stand_in_id: int) -> StandsIn | None:
    """Return what the deputy hears by mail; None once it is over, or they do not see the space."""
    row = still(stand_in_id)
    if row is None or row.member_id != deputy.id:
        return None
    space = db.session.scalars(visible(Space, deputy).where(Space.id == row.space_id)).one_or_none()
    if space is None:
        return None
    return StandsIn(space.name, space.slug, row.first_day, absences.nobody_until(space.id))


def of_notices(member_id: int, event_ids: Collection[int]) -> dict[int, StandsIn]:
    """Return by the id of its event what a member was told, until when as it is known now.

    Two queries; none without events.
    """
    if not event_ids:
        return {}
    found = db.session.execute(select(Event.id, Event.payload).where(Event.id.in_(event_ids)))
    by_row = {row.payload["stand_in_id"]: row.id for row in found if "stand_in_id" in row.payload}
    mine = (StandIn.id.in_(by_row), StandIn.member_id == member_id)
    rows = db.session.execute(
        select(StandIn, Space.name, Space.slug).join(Space, Space.id == StandIn.space_id).where(*mine)
    )
    return {by_row[one.id]: StandsIn(name, slug, one.first_day, one.last_day) for one, name, slug in rows}


def _stands_in() -> tuple[ColumnElement[bool], ...]:
    return deputies.holds(SpaceDeputy), ~deputies.another_is_there(SpaceDeputy.space_id)
