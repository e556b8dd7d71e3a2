"""Confirming, refusing and ending the capacities of others: by who can know, at the city or body itself.

Nobody answers for their own, nor confirms that of somebody whom they alone brought into another city.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select

from forum.domain.audit import log as audit_log
from forum.domain.lines import clean_reason
from forum.domain.mailing import events
from forum.domain.people import capacities
from forum.domain.people.bylines import Byline, byline
from forum.domain.spaces import bringing, undone_answers
from forum.domain.spaces.roster import MemberRow
from forum.domain.spaces.spaces import SpaceFacts
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Capacity, Confirmation, Member
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Invitation, JoinRequest, Membership, Space, SpaceKind
from forum.policy.actions import deny, may_administer, may_moderate, require
from forum.policy.actors import Actor, actor_of
from forum.policy.answering import (
    ADMINISTRATIONS,
    answerable,
    answered_in,
    answers_inside,
    moderated,
    of_a_city,
    speaks_for_city,
)
from forum.policy.errors import Conflict, NotFound
from forum.policy.standing import belonging


@dataclass(frozen=True, slots=True)
class Held:
    """A capacity that somebody may end for a member."""

    id: int
    byline: Byline


def endable(actor: Actor, space: SpaceFacts, row: MemberRow) -> list[Held]:
    """Return what of the capacities of somebody who belongs to a space the actor may end there (no query)."""
    if row.member_id == actor.id or not (may_moderate(actor, space.id) or may_administer(actor)):
        return []
    city = space.city if space.kind == SpaceKind.CITY else None
    return [
        Held(each.id, byline(row.name, "", each))
        for each in row.held
        if answers_inside(each.body, each.city, space_city=city)
    ]


def confirm(actor: Actor, capacity_id: int, *, with_undo: bool = False) -> Capacity:
    """Confirm that a member may speak in a capacity; confirmed already, it stays as it is.

    `with_undo`: for ten minutes it can be taken back, and they hear of it after that.
    NotFound for who may not answer for it, Forbidden for one's own and for whom one alone brought into another city,
    Conflict once it was refused or has ended.
    """
    capacity = _locked(actor, capacity_id)
    if capacity.confirmed_at is not None:
        return capacity
    _refuse_answered(capacity)
    require(bringing.may_vouch(actor.id, capacity, bringing.of_members([capacity.member_id])))
    is_theirs = db.session.scalar(
        select(Capacity.id).where(Capacity.id == capacity.id, answered_in(moderated(actor)))
    )
    how = Confirmation.ADMIN if is_theirs is None else Confirmation.MODERATOR
    line = _log(actor, Action.CONFIRM_CAPACITY, capacity)
    act = undone_answers.note_capacity(actor, capacity, log_id=line.id) if with_undo else None
    capacities.confirm(capacity, how, by_id=actor.id, act_id=act.id if act is not None else None)
    return capacity


def refuse(actor: Actor, capacity_id: int, *, reason: str, with_undo: bool = False) -> Capacity:
    """Refuse a capacity, with a reason that its member reads; it stands beside nothing new. Twice is once.

    `with_undo` as in `confirm`. Errors as in `confirm`, Conflict once it was confirmed, Invalid at `reason`.
    """
    capacity = _locked(actor, capacity_id)
    if capacity.refused_at is not None and capacity.refused_by_id == actor.id:
        return capacity
    if capacity.confirmed_at is not None:
        raise Conflict(_("Somebody confirmed this capacity already."))
    _refuse_answered(capacity)
    reason = clean_reason(reason, limit=Capacity.REASON_MAX, missing=_("Say why: this person reads it."))
    capacity.refused_at, capacity.refused_by_id, capacity.refused_reason = clock.now(), actor.id, reason
    db.session.flush()
    line = _log(actor, Action.REFUSE_CAPACITY, capacity, reason=reason)
    act = undone_answers.note_capacity(actor, capacity, log_id=line.id) if with_undo else None
    undone = {"act_id": act.id} if act is not None else {}
    events.record("capacity.refused", capacity_id=capacity.id, **undone)
    return capacity


def end(actor: Actor, capacity_id: int) -> Capacity:
    """End a capacity of somebody who left, from this moment; what was said under it keeps it. Twice is once.

    NotFound for who may not answer for it, Forbidden for one's own: that is done in one's settings.
    """
    capacity = _locked(actor, capacity_id)
    if not capacities.has_ended(capacity, days.today()):
        capacities.end(capacity, by_id=actor.id)
        events.record("capacity.ended", capacity_id=capacity.id)
        _log(actor, Action.END_CAPACITY, capacity)
    return capacity


def confirm_let_in(actor: Actor, member_id: int, space_id: int, *, capacity_id: int) -> bool:
    """Confirm the one capacity that the actor was shown of somebody whom they let into a space; return whether it is.

    Nothing else that they wrote, and not what another space answers for, or what was answered or ended meanwhile.
    """
    require(may_moderate(actor, space_id))
    answered = select(JoinRequest.answered_at).where(
        JoinRequest.member_id == member_id, JoinRequest.space_id == space_id
    )
    shown = and_(Capacity.id == capacity_id, answered_in([space_id]))
    for capacity in _waiting_of(member_id, shown):
        if bringing.may_vouch(actor.id, capacity, bringing.of_members([member_id])):
            at = db.session.scalar(answered)  # the moment by which the letter that lets them in says so, too
            capacities.confirm(capacity, Confirmation.MODERATOR, by_id=actor.id, told_at=at)
            _log(actor, Action.CONFIRM_CAPACITY, capacity, space_id=space_id)
            return True
    return False


def end_in(actor: Actor, space_id: int, member_id: int) -> None:
    """End what a member speaks as, as far as a space of the actor answers for it: they leave."""
    theirs = (Capacity.member_id == member_id, answered_in([space_id]), answerable(actor))
    held = select(Capacity.id).where(*theirs, capacities.holds_on(days.today()))
    for capacity_id in db.session.scalars(held.order_by(Capacity.starts_on, Capacity.id)).all():
        end(actor, capacity_id)


def confirm_invited(invitation: Invitation, member_id: int) -> None:
    """Confirm what waits for the city whose own space invited somebody, once they accept (system verb).

    Only what is of the city itself, its administration or OCMW: whoever invited saw none of it, and whom a city hosts,
    from a university or another government, does not speak for it. Not where the same person alone brought them into
    another city, nor where somebody looked since the invitation was sent, and refused or ended one of that city.
    """
    responsible = _responsible_of_city(invitation)
    if responsible is None:
        return
    brought = bringing.of_members([member_id])
    waiting = _waiting_of(member_id, _invited_city(invitation, member_id))
    vouched = [one for one in waiting if bringing.may_vouch(responsible.id, one, brought)]
    capacities.confirm_all(vouched, Confirmation.INVITATION, by_id=responsible.id, told_at=clock.now())
    for capacity in vouched:
        _log(responsible, Action.CONFIRM_CAPACITY, capacity, space_id=invitation.space_id)


def invitation_confirms(invitation: Invitation, member: Actor | None) -> str | None:
    """Return the code of the city of which accepting confirms a capacity, if it would: an open one of that member.

    Without a member, of somebody new, it does once they fill in one of the city itself.
    """
    responsible, city = _responsible_of_city(invitation), invitation.space.city
    if responsible is None or member is None:
        return city if responsible is not None else None
    brought = {member.id: bringing.of_members([member.id])[member.id].and_into(city)}
    query = select(Capacity).where(
        Capacity.member_id == member.id, capacities.waits(), _invited_city(invitation, member.id)
    )
    vouched = [one for one in db.session.scalars(query) if bringing.may_vouch(responsible.id, one, brought)]
    return city if vouched else None


def _responsible_of_city(invitation: Invitation) -> Actor | None:
    """Who answers for an invitation to a city's own space, while they moderate it."""
    responsible = actor_of(invitation.responsible_id)
    is_city = invitation.space.kind == SpaceKind.CITY and invitation.space.city is not None
    return responsible if is_city and may_moderate(responsible, invitation.space_id) else None


def _invited_city(invitation: Invitation, member_id: int) -> ColumnElement[bool]:
    sent = invitation.invited_at
    # An end has a day and no hour: of that day counts all of it.
    ended = and_(Capacity.ended_by_id != member_id, Capacity.ends_on >= days.day_of(sent))
    denied = exists().where(
        Capacity.member_id == member_id,
        Capacity.city == invitation.space.city,
        of_a_city(),
        or_(Capacity.refused_at >= sent, ended),
    )
    of_it = and_(Capacity.city == invitation.space.city, of_a_city(ADMINISTRATIONS))
    return and_(of_it, ~denied.correlate(None))


def _log(
    actor: Actor, action: Action, capacity: Capacity, *, reason: str = "", space_id: int | None = None
) -> ModerationAction:
    """Add a line to the log of a space whose moderators answer for this capacity, so that nobody else reads of it.

    Of several spaces one that the actor moderates, if any. Where none answers the line stands in the log of no space.
    """
    space_id = space_id or _answering_space(actor, capacity)
    return audit_log.record(
        actor,
        action,
        space_id=space_id,
        subject_id=capacity.member_id,
        capacity_id=capacity.id,
        reason=reason,
    )


def _answering_space(actor: Actor, capacity: Capacity) -> int | None:
    own = moderated(actor)
    if speaks_for_city(capacity.body, capacity.city):
        places = select(Space.id).where(Space.kind == SpaceKind.CITY, Space.city == capacity.city)
        places = places.order_by(Space.id.in_(own).desc(), Space.id)
    else:
        places = select(Membership.space_id).where(
            Membership.member_id == capacity.member_id, belonging(Membership)
        )
        places = places.order_by(Membership.space_id.in_(own).desc(), Membership.space_id)
    return db.session.scalar(places.limit(1))


def _waiting_of(member_id: int, which: ColumnElement[bool]) -> list[Capacity]:
    query = select(Capacity).where(Capacity.member_id == member_id, capacities.waits(), which)
    return list(db.session.scalars(query.order_by(Capacity.id).with_for_update()))


def _locked(actor: Actor, capacity_id: int) -> Capacity:
    # Whoever lets somebody in brings them: until then nobody can know who may not vouch for them. An address that
    # nobody proved is let in by no one. Of somebody suspended a capacity can be ended.
    let_in = exists().where(
        Member.id == Capacity.member_id, Member.confirmed_at.is_not(None), Member.approved_at.is_not(None)
    )
    may = and_(answerable(actor), let_in)
    capacity: Capacity | None = db.session.scalars(
        select(Capacity)
        .where(Capacity.id == capacity_id, or_(may, Capacity.member_id == actor.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if capacity is None:
        raise NotFound
    if capacity.member_id == actor.id:
        require(deny(_("Somebody else has to answer for your own capacity.")))
    return capacity


def _refuse_answered(capacity: Capacity) -> None:
    if capacity.refused_at is not None:
        raise Conflict(_("Somebody refused this capacity already."))
    if capacities.has_ended(capacity, days.today()):
        raise Conflict(_("This capacity has ended."))
