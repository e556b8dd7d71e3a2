"""What a successor answers about one item: accept or decline. Accepting asks everything again, at that moment."""

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.handovers import open_offers
from forum.domain.handovers.kinds import KINDS, held
from forum.domain.mailing import events
from forum.domain.spaces import spaces
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.handovers import Ending, HandOver
from forum.models.moderation import Action
from forum.policy.actions import may_moderate
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, NotFound


def accept(actor: Actor, offer_id: int) -> HandOver:
    """Take over what is offered to the actor. Twice is once.

    NotFound, also for what they may not see; Forbidden with the reason why they may not take it; Conflict when the
    offer does not stand any more.
    """
    offer = _to(actor, offer_id)
    if offer.ending != Ending.ACCEPTED:
        _refuse_ended(offer)
        settle(actor, offer)
        events.record("hand_over.accepted", offer_id=offer.id, actor_id=actor.id)
    return offer


def decline(actor: Actor, offer_id: int) -> HandOver:
    """Say no to what is offered to the actor: its giver keeps it, and hears of it. Twice is once.

    NotFound, Conflict when the offer does not stand any more.
    """
    offer = _to(actor, offer_id)
    if offer.ending != Ending.DECLINED:
        _refuse_ended(offer)
        _end(offer, Ending.DECLINED)
        events.record("hand_over.declined", offer_id=offer.id, actor_id=actor.id)
    return offer


def settle(actor: Actor, offer: HandOver) -> None:
    """Give the item of an open offer to the actor, and log it; NotFound, Forbidden, Conflict as in `accept`."""
    kind = KINDS.get(offer.kind)
    if kind is None or offer.item_id not in kind.seen(actor, [offer.item_id]):
        raise NotFound
    kind.take(actor, offer.item_id, offer.giver_id)
    _end(offer, Ending.ACCEPTED)
    audit_log.record(
        actor, Action.HAND_OVER, space_id=offer.space_id, subject_id=offer.giver_id, reason=offer.kind
    )


def _to(actor: Actor, offer_id: int) -> HandOver:
    """The offer to the actor, locked; NotFound, also once they moderate the space no longer."""
    space_id = db.session.scalar(select(HandOver.space_id).where(HandOver.id == offer_id))
    spaces.hold_people(space_id or 0)
    offer = db.session.scalars(
        select(HandOver)
        .where(HandOver.id == offer_id, HandOver.successor_id == actor.id)
        .with_for_update(of=HandOver)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if offer is None or not may_moderate(actor, offer.space_id):
        raise NotFound
    return offer


def _refuse_ended(offer: HandOver) -> None:
    found = held(clock.now())
    stands = select(HandOver.id).join(found, open_offers.offer_of(found)).where(HandOver.id == offer.id)
    if db.session.scalar(stands) is None:
        raise Conflict(
            _("This offer stands no longer: it was taken back, or there is nothing left to take over.")
        )


def _end(offer: HandOver, ending: Ending) -> None:
    offer.ended_at, offer.ending = clock.now(), ending
    db.session.flush()
