"""Who looks after a space beside its moderators, and which of these are away: for the desk of that space."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from forum.domain.spaces import deputies
from forum.domain.spaces.absences import Away
from forum.domain.spaces.deputies import Standing
from forum.infra import days
from forum.infra.db import db
from forum.models.absences import ModeratorAbsence
from forum.models.accounts import Member
from forum.models.deputies import SpaceDeputy
from forum.models.spaces import Membership, Role
from forum.policy.standing import belonging, in_good_standing


class People(NamedTuple):
    """The deputy of a space, who of its moderators is away now or later, and until when all of them are."""

    deputy: Standing
    away: list[Away]
    nobody_until: date | None


def of_space(space_id: int) -> People:
    """Return them, of a space of which it is known that the actor moderates it (one query)."""
    role = Membership.role.label("role")
    moderates = Membership.role == Role.MODERATOR
    is_deputy = (SpaceDeputy.space_id == Membership.space_id) & (SpaceDeputy.member_id == Member.id)
    query = (
        select(
            *(Member.id, Member.name, Member.handle, role, SpaceDeputy.named_at),
            *(ModeratorAbsence.first_day, ModeratorAbsence.last_day),
        )
        .join(Membership, Membership.member_id == Member.id)
        .outerjoin(SpaceDeputy, is_deputy & deputies.holds(SpaceDeputy))
        .outerjoin(ModeratorAbsence, ModeratorAbsence.member_id == Member.id)
        .where(Membership.space_id == space_id, belonging(Membership), in_good_standing(Member))
        .where(moderates | SpaceDeputy.id.is_not(None))
        .order_by(ModeratorAbsence.first_day, Member.sort_key, Member.id)
    )
    rows = db.session.execute(query).all()
    moderators = [row for row in rows if row.role == Role.MODERATOR]
    deputy = next((row for row in rows if row.named_at is not None), None)
    said = [row for row in moderators if row.first_day is not None and row.last_day >= days.today()]
    now = [row.last_day for row in said if row.first_day <= days.today()]
    return People(
        Standing(deputy.id, deputy.name, deputy.handle, deputy.named_at, len(moderators))
        if deputy is not None
        else Standing(None, "", "", None, len(moderators)),
        [Away(row.name, row.handle, row.first_day, row.last_day) for row in said],
        min(now) if now and len(now) == len(moderators) else None,
    )
