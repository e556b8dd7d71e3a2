"""What another moderator offers to hand over to the actor: an answer is expected within five working days."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, select

from forum.domain.desk.queues.columns import Columns, in_workdays
from forum.domain.handovers import open_offers
from forum.domain.handovers.kind import Item
from forum.domain.handovers.kinds import KINDS, held
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.handovers import HandOver
from forum.policy.actors import Actor
from forum.policy.answering import moderated

NAME = "hand_over"
WORKDAYS = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """One item that is offered, as the actor may see it: nothing of it where they may not."""

    id: int
    label: Any
    item: Item | None


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the offers to the actor in these spaces that still stand; `words` says the kind of what is offered."""
    columns = Columns(
        kind=NAME,
        item_id=HandOver.id,
        space_id=HandOver.space_id,
        due_at=in_workdays(HandOver.offered_at, WORKDAYS),
        since_at=HandOver.offered_at,
        who=Member.name,
        words=HandOver.kind,
    )
    return _joined(columns.select(), actor).where(HandOver.space_id.in_(space_ids))


def details(actor: Actor, item_id: int) -> Offer | None:
    """Return the offer, while it stands (at most three queries)."""
    query: Any = select(HandOver)
    found = _joined(query, actor).where(HandOver.id == item_id, HandOver.space_id.in_(moderated(actor)))
    offer = db.session.scalars(found).one_or_none()
    if offer is None:
        return None
    kind = KINDS[offer.kind]
    return Offer(offer.id, kind.label, kind.seen(actor, [offer.item_id]).get(offer.item_id))


def _joined(query: Select[Any], actor: Actor) -> Select[Any]:
    items = held(clock.now())
    stands = exists().where(open_offers.offer_of(items)).correlate(HandOver)
    joined = query.select_from(HandOver).join(Member, Member.id == HandOver.giver_id)
    return joined.where(open_offers.OPEN, HandOver.successor_id == actor.id, stands)
