"""From a hand-over to who is told: who may take it, who offered it; and moderators, of what was left behind."""

from sqlalchemy import exists, select

from forum.domain.handovers import holdings, open_offers
from forum.domain.mailing.notices import Subject
from forum.infra.db import db
from forum.models.events import Event
from forum.models.handovers import HandOver
from forum.models.spaces import Membership
from forum.reactions import told


def offered(event: Event) -> None:
    """Tell who may take it, as long as any of it is still offered."""
    payload = event.payload
    waits = exists().where(
        open_offers.OPEN,
        HandOver.space_id == payload["space_id"],
        HandOver.successor_id == payload["member_id"],
        HandOver.offered_by_id == payload["actor_id"],
    )
    if db.session.scalar(select(waits)) and payload["member_id"] in told.moderators(payload["space_id"]):
        kinds = {payload["member_id"]: "hand_over_offered"}
        told.tell(event, kinds, Subject(space_id=payload["space_id"]), actor_id=payload["actor_id"])


def answered(event: Event) -> None:
    """Tell who offered it and whose it was, as far as they still moderate the space."""
    offer = db.session.get(HandOver, event.payload["offer_id"])
    if offer is not None:
        kinds = {
            member_id: event.name.replace(".", "_")
            for member_id in (offer.giver_id, offer.offered_by_id)
            if member_id in told.moderators(offer.space_id)
        }
        about = Subject(space_id=offer.space_id)
        told.tell(event, kinds, about, actor_id=event.payload["actor_id"])


def role_changed(event: Event) -> None:
    """Tell the other moderators of the space what somebody left behind with their role."""
    membership = db.session.get(Membership, event.payload["membership_id"])
    if membership is not None and membership.space_id in holdings.left_by(membership.member_id):
        _tell_left(event, membership.member_id, [membership.space_id])


def suspended(event: Event) -> None:
    """Tell the moderators of each space in which a suspended member left something behind."""
    _tell_left(event, event.payload["member_id"], sorted(holdings.left_by(event.payload["member_id"])))


def _tell_left(event: Event, member_id: int, space_ids: list[int]) -> None:
    """Tell of each space; who moderates several of them is told of the first."""
    for space_id in space_ids:
        kinds = dict.fromkeys(told.moderators(space_id), "left_behind")
        told.tell(event, kinds, Subject(space_id=space_id), actor_id=member_id)
