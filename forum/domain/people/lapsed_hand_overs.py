"""Offers to somebody who can no longer take over what a moderator holds: they end with the role or the suspension.

So none comes back with a role that is given again, or with the account (`domain/handovers/` makes and answers offers).
"""

from sqlalchemy import select

from forum.domain.mailing import events
from forum.infra import clock
from forum.infra.db import db
from forum.models.handovers import Ending, HandOver


def end_offers_to(member_id: int, *, space_id: int | None = None) -> None:
    """End the open offers to a member, in one space or in all, and tell who made them (system verb)."""
    query = select(HandOver).where(HandOver.successor_id == member_id, HandOver.ended_at.is_(None))
    if space_id is not None:
        query = query.where(HandOver.space_id == space_id)
    locked = query.order_by(HandOver.id).with_for_update().execution_options(populate_existing=True)
    for offer in db.session.scalars(locked).all():
        offer.ended_at, offer.ending = clock.now(), Ending.OVER
        events.record("hand_over.declined", offer_id=offer.id, actor_id=member_id)
    db.session.flush()
