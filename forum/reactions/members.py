"""From what is asked or answered about a member to who is told: rows, and the letters that say more."""

from sqlalchemy import select

from forum.domain.mailing.notices import Subject
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.events import Event
from forum.models.spaces import JoinRequest, Membership, Space
from forum.policy.standing import belonging
from forum.reactions import capacities, told


def join_requested(event: Event) -> None:
    """Tell the moderators of the space that somebody asks to join."""
    request = db.session.get(JoinRequest, event.payload["request_id"])
    if request is None:
        return
    members = told.moderators(request.space_id)
    keys = {member_id: f"join_request.{event.id}.{member_id}" for member_id in members}
    told.write_letters(event, "join_request", keys, {"request_id": request.id})
    about = Subject(space_id=request.space_id)
    told.tell(event, dict.fromkeys(members, "join_requested"), about, actor_id=request.member_id)


def join_answered(event: Event) -> None:
    """Tell the member what was answered, once it can no longer be taken back."""
    request, act = db.session.get(JoinRequest, event.payload["request_id"]), told.act_of(event)
    if request is None or (act is None and event.payload.get("act_id")):
        return
    keys = {request.member_id: f"join_answered.{event.id}"}
    about = {"request_id": request.id} | ({"act_id": act.id} if act is not None else {})
    told.write_letters(event, "join_answered", keys, about, act=act)
    space = db.session.get_one(Space, request.space_id)
    subject = Subject(space_id=space.id)
    told.tell_owner(event, "join_answered", request.member_id, about=subject, row=space, act=act)


def role_changed(event: Event) -> None:
    """Tell a member that somebody gave them another role in a space, or that they no longer belong to it.

    Of a removal once nobody can undo it.
    """
    membership, act = db.session.get(Membership, event.payload["membership_id"]), told.act_of(event)
    if act is None and event.payload.get("act_id"):
        return
    if event.name == "role.taken" and membership is not None and _belongs(membership):
        return
    if membership is not None and membership.member_id != event.payload["actor_id"]:
        space = db.session.get_one(Space, membership.space_id)
        kind = event.name.replace(".", "_")
        about = Subject(space_id=space.id)
        told.tell_owner(event, kind, membership.member_id, about=about, row=space, act=act)


def guest_ends_soon(event: Event) -> None:
    """Tell a guest and the moderators that their time in a space ends in a week, unless that changed meanwhile."""
    membership = db.session.get(Membership, event.payload["membership_id"])
    if membership is not None and membership.ended_at is None and membership.end_told_at is not None:
        _tell_of_guest(event, membership, "role_ends", "guest_ends")


def guest_ended(event: Event) -> None:
    """Tell a guest and the moderators that their time in a space is over, unless they were let in again meanwhile."""
    membership = db.session.get(Membership, event.payload["membership_id"])
    if membership is not None and not _belongs(membership):
        _tell_of_guest(event, membership, "role_over", "guest_over")


def _belongs(before: Membership) -> bool:
    """Whether the member of an earlier row belongs to its space now."""
    query = select(Membership.id).where(
        Membership.member_id == before.member_id,
        Membership.space_id == before.space_id,
        belonging(Membership),
    )
    return db.session.scalar(query) is not None


def _tell_of_guest(event: Event, membership: Membership, to_guest: str, to_moderators: str) -> None:
    space, about = db.session.get_one(Space, membership.space_id), Subject(space_id=membership.space_id)
    told.tell_owner(event, to_guest, membership.member_id, about=about, row=space)
    kinds = dict.fromkeys(told.moderators(space.id), to_moderators)
    told.tell(event, kinds, about, actor_id=membership.member_id)


def capacity_answered(event: Event) -> None:
    """Tell a member that their capacity was confirmed, or refused, and why, or that somebody ended it.

    A confirmation that comes with another letter, or follows on their own act, is told there; an event that only goes
    on counting is about one that was told.
    """
    if event.payload.get("is_told") or capacities.goes_on(event):
        return
    capacity, act = db.session.get(Capacity, event.payload["capacity_id"]), told.act_of(event)
    if capacity is not None and (act is not None or not event.payload.get("act_id")):
        kind = event.name.replace(".", "_")
        keys = {capacity.member_id: f"{kind}.{event.id}"}
        about = {"capacity_id": capacity.id} | ({"act_id": act.id} if act is not None else {})
        told.write_letters(event, kind, keys, about, act=act)
        told.tell_owner(event, kind, capacity.member_id, act=act)


def drafts_warned(event: Event) -> None:
    """Tell a member that some of their drafts will be deleted; the letter about it is queued already."""
    if db.session.get(Member, event.payload["member_id"]) is not None:
        told.tell_owner(event, "drafts_lapse", event.payload["member_id"])


def mail_changed(event: Event) -> None:
    """Tell a member at home that somebody who had one of their mails changed what they get; not what they did."""
    if db.session.get(Member, event.payload["member_id"]) is not None:
        told.tell_owner(
            event, "mail_changed", event.payload["member_id"], actor_id=event.payload.get("by_id")
        )
