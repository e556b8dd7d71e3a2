"""For which cities somebody speaks today."""

from sqlalchemy import select

from forum.domain.people.capacities import SPOKEN_LAST, HeldCapacity, holds_on
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.cities import BY_CODE
from forum.policy.answering import of_a_city


def cities_of(member_id: int) -> dict[str, HeldCapacity]:
    """Return the capacity in which a member speaks for each city today, confirmed or not (one query).

    Of several for one city it is that in which they would speak: confirmed ones first, then the last begun.
    """
    query = (
        select(*(getattr(Capacity, name) for name in HeldCapacity._fields))
        .where(Capacity.member_id == member_id, holds_on(days.today()), of_a_city())
        .order_by(*SPOKEN_LAST)
    )
    held = (HeldCapacity(*row) for row in db.session.execute(query))
    return {one.city: one for one in held if one.city in BY_CODE}
