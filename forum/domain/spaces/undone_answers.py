"""Letting somebody in; and answers of the desk that are taken back within ten minutes, as if they were never given.

These are to a request to belong to a space, and about what somebody speaks as: nobody was told of them yet.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, or_, select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.mailing import events
from forum.domain.people import feed_keys
from forum.domain.spaces import deputies, memberships
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Capacity, Member
from forum.models.held import HeldPost
from forum.models.moderation import Action, ModerationAction
from forum.models.responses import ThreadResponse
from forum.models.spaces import Invitation, JoinRequest, Membership, Role, Space
from forum.models.summaries import SummaryVersion
from forum.models.threads import Post
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import deny, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.answering import answerable
from forum.policy.errors import Conflict, NotFound
from forum.policy.standing import belonging
from forum.policy.visibility import get_visible


def let_in(
    actor: Actor, request: JoinRequest, role: Role, ends_at: datetime | None
) -> tuple[Membership, bool]:
    """Give who asks their role; return it, and whether they came into the network by it (system verb).

    Conflict when their account is not in use.
    """
    member = db.session.get_one(Member, request.member_id, populate_existing=True)
    if member.confirmed_at is None or member.suspended_at is not None:
        raise Conflict(_("This account is not in use."))
    memberships.withdraw_invitations_of(request.space_id, member.id)
    is_new = member.approved_at is None
    member.approved_at = member.approved_at or clock.now()
    return memberships.grant(actor.id, member.id, request.space_id, role, ends_at=ends_at), is_new


def asker_and_space(request: JoinRequest) -> tuple[str, str]:
    """Return the names of who asks and of the space, for a sentence about an answer (one query)."""
    query = select(Member.name, Space.name.label("space")).join(Space, Space.id == request.space_id)
    row = db.session.execute(query.where(Member.id == request.member_id)).one()
    return row[0], row[1]


def is_whole(request: JoinRequest) -> bool:
    """Return whether letting somebody in can be taken back wholly: no role and no invitation changes by it."""
    address = select(Member.email).where(Member.id == request.member_id).scalar_subquery()
    invited = exists().where(
        Invitation.space_id == request.space_id,
        Invitation.email == address,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    belongs = exists().where(
        Membership.space_id == request.space_id,
        Membership.member_id == request.member_id,
        belonging(Membership),
    )
    return not db.session.scalar(select(invited | belongs))


def note_request(
    actor: Actor, request: JoinRequest, *, log_id: int, membership: Membership | None, is_new: bool
) -> UndoableAct:
    """Write down an answer to a request, just given; `is_new`: it let its member into the network."""
    before: dict[str, Any] = {
        "item": f"join_request-{request.id}",
        "request_id": request.id,
        "membership_id": membership.id if membership is not None else None,
        "is_new": is_new,
        "log_id": log_id,
    }
    return undoable.note(actor, UndoKind.JOIN, before=before)


def undo_request(actor: Actor, act: UndoableAct) -> None:
    """Let a request wait again. NotFound, Forbidden; Conflict when who was let in wrote something since."""
    seen = db.session.get(JoinRequest, act.before["request_id"])
    if seen is None:
        raise NotFound
    require(may_moderate(actor, seen.space_id))
    get_visible(Space, actor, seen.space_id, lock=True)  # one change of its people at a time
    request: JoinRequest = get_visible(JoinRequest, actor, seen.id, lock=True)
    if undoable.undone_meanwhile(act):
        return
    if request.answered_by_id != actor.id or request.answered_at is None:
        raise Conflict(_("Something happened to this request since."))
    if act.before["membership_id"] is not None:
        _shut_out(act, request)
    request.answered_at = request.answered_by_id = request.accepted = None
    undoable.note_undone(act)
    audit_log.record(actor, Action.ANSWER_UNDONE, space_id=request.space_id, subject_id=request.member_id)


def _shut_out(act: UndoableAct, request: JoinRequest) -> None:
    member = db.session.get_one(Member, request.member_id, with_for_update=True, populate_existing=True)
    membership = db.session.get(Membership, act.before["membership_id"], populate_existing=True)
    if membership is None or membership.ended_at is not None or _said_something(member.id, act.at):
        raise Conflict(_("This person did something in the network since: it can no longer be taken back."))
    db.session.execute(delete(Membership).where(Membership.id == membership.id))
    db.session.expunge(membership)
    deputies.end_of(member.id, request.space_id)
    if act.before["is_new"]:
        member.approved_at = None
    feed_keys.end_lost(member.id)
    db.session.flush()


def _said_something(member_id: int, since: datetime) -> bool:
    """Whether somebody wrote a post, also one that waits, or said anything beside posts (one query).

    Not whether they reported one: that would tell its author, where that is the moderator who asks.
    """
    of_theirs: tuple[tuple[Any, Any], ...] = (
        (Post.author_id, Post.created_at),
        (HeldPost.author_id, HeldPost.written_at),
        (ThreadResponse.member_id, ThreadResponse.said_at),
        (SummaryVersion.editor_id, SummaryVersion.created_at),
    )
    found = (exists().where(who == member_id, at >= since) for who, at in of_theirs)
    return bool(db.session.scalar(select(or_(*found))))


def note_capacity(actor: Actor, capacity: Capacity, *, log_id: int) -> UndoableAct:
    """Write down that a capacity was just confirmed or refused."""
    before = {"item": f"capacity-{capacity.id}", "capacity_id": capacity.id, "log_id": log_id}
    return undoable.note(actor, UndoKind.CAPACITY, before=before)


def undo_capacity(actor: Actor, act: UndoableAct) -> None:
    """Let a capacity wait again; what was counted by it is counted anew.

    NotFound, Forbidden; Conflict once it has ended.
    """
    its = select(Capacity).where(Capacity.id == act.before["capacity_id"])
    capacity = db.session.scalars(
        its.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if capacity is None:
        raise NotFound
    if undoable.undone_meanwhile(act):
        return
    if db.session.scalar(its.with_only_columns(Capacity.id).where(answerable(actor))) is None:
        require(deny(_("Only the person who answers for this capacity can do this.")))
    if capacity.ended_by_id is not None or actor.id not in (capacity.confirmed_by_id, capacity.refused_by_id):
        raise Conflict(_("Something happened to this capacity since."))
    was_confirmed = capacity.confirmed_at is not None
    capacity.confirmed_at = capacity.confirmed_by_id = capacity.confirmation = None
    capacity.refused_at = capacity.refused_by_id = None
    capacity.refused_reason = ""
    db.session.flush()
    if was_confirmed:
        # Counts it anew, as it is now; nobody is told.
        events.record("capacity.confirmed", capacity_id=capacity.id, is_told=True)
    undoable.note_undone(act)
    said = db.session.get_one(ModerationAction, act.before["log_id"])
    audit_log.record(
        actor,
        Action.ANSWER_UNDONE,
        space_id=said.space_id,
        subject_id=capacity.member_id,
        capacity_id=capacity.id,
    )
