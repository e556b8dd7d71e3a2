"""Who belongs to a space, in which role: rows with a beginning and an end, changed by its moderators."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, and_, bindparam, func, select, update

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.lines import clean_reason
from forum.domain.mailing import events
from forum.domain.people import capacities, feed_keys, lapsed_hand_overs
from forum.domain.people.bylines import COLUMNS, Byline, speaker
from forum.domain.spaces import deputies, guests, taken_measures
from forum.domain.themes.labels import ROLES
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import insert_new
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity, Member
from forum.models.measures import MeasureKind, SpaceMeasure
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Invitation, Membership, Role, Space
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor, actor_for
from forum.policy.errors import Conflict, Invalid, NotFound
from forum.policy.readers import reader_param, reader_values
from forum.policy.standing import belonging, in_good_standing
from forum.policy.visibility import get_visible, visible

_SPACE_ID = bindparam("space_id", type_=Integer)
WEIGHT = {Role.GUEST: 0, Role.MEMBER: 1, Role.MODERATOR: 2}


def grant(
    granter_id: int | None, member_id: int, space_id: int, role: Role, *, ends_at: datetime | None = None
) -> Membership:
    """Give a member at least that role in a space, to a guest until `ends_at` at least; a higher role stays.

    One that takes the place of another, and that of a moderator, is logged as given by `granter_id`.
    """
    at_least = Role(role)
    ends_at = ends_at if at_least == Role.GUEST else None
    guests.close(member_id, space_id)
    # Of a guest whose time is over elsewhere too: their row may be closed later, when they belong somewhere again.
    feed_keys.end_lost(member_id)
    row = {"member_id": member_id, "space_id": space_id, "role": at_least, "since_at": clock.now()}
    is_new = bool(
        insert_new(Membership, [{**row, "granted_by_id": granter_id, "ends_at": ends_at}], Membership.id)
    )
    membership = current(space_id, member_id)
    if is_new:
        taken_measures.end_removals(space_id, member_id, by_id=granter_id)
    before = None if is_new else membership.role
    if before is not None:
        if WEIGHT[before] >= WEIGHT[at_least]:
            if before == at_least == Role.GUEST:
                _end_at(membership, guests.later(membership.ends_at, ends_at))
            return membership
        membership = _replace(membership, at_least, granter_id)
        deputies.end_of(member_id, space_id)
    if granter_id is not None and (before is not None or at_least == Role.MODERATOR):
        _log_role(actor_for(db.session.get_one(Member, granter_id)), membership, before)
    return membership


def set_role(actor: Actor, space_id: int, member_id: int, *, role: Role) -> Membership:
    """Change somebody's role in a space; the old one stays as history, and the change is logged.

    NotFound, Forbidden unless the actor moderates the space, Invalid at `role` for its last moderator.
    """
    space: Space = get_visible(Space, actor, space_id, lock=True)  # one change of its people at a time
    require(may_moderate(actor, space.id))
    withdraw_invitations_of(space.id, member_id)
    membership, new_role = current(space.id, member_id), Role(role)
    if membership.role == new_role:
        return membership
    keep_a_moderator(membership)
    before = membership.role
    changed = _replace(membership, new_role, actor.id)
    deputies.end_of(member_id, space.id)
    if before == Role.MODERATOR:
        _withdraw_invitations(space.id, Invitation.responsible_id == member_id)
        lapsed_hand_overs.end_offers_to(member_id, space_id=space.id)
    _log_role(actor, changed, before)
    events.record("role.given", membership_id=changed.id, actor_id=actor.id)
    return changed


def set_end(actor: Actor, space_id: int, member_id: int, *, until: date | None) -> Membership:
    """Choose the last day of a guest in a space, or none (None); logged. A full member has no end.

    NotFound, Forbidden unless the actor moderates the space, Conflict for who is no guest, Invalid at `until`.
    """
    space: Space = get_visible(Space, actor, space_id, lock=True)
    require(may_moderate(actor, space.id))
    membership = current(space.id, member_id)
    if membership.role != Role.GUEST:
        raise Conflict(_("Only the time of a guest ends by itself."))
    before, ends_at = membership.ends_at, guests.end_of(until)
    if before != ends_at:
        _end_at(membership, ends_at)
        _log(actor, membership, guests.in_words(before), guests.in_words(ends_at))
    return membership


def remove(actor: Actor, space_id: int, member_id: int, *, reason: str) -> None:
    """End somebody's membership of a space, with a reason that they read; their next request finds the space closed.

    An invitation of before does not bring them back. For ten minutes it can be undone, and until then nobody is told.
    NotFound, Forbidden, Invalid at `reason`, or at `role` for the last moderator.
    """
    space: Space = get_visible(Space, actor, space_id, lock=True)
    require(may_moderate(actor, space.id))
    reason = clean_reason(
        reason, limit=ModerationAction.REASON_MAX, missing=_("Say why: this person reads it.")
    )
    withdraw_invitations_of(space.id, member_id)
    membership = current(space.id, member_id)
    keep_a_moderator(membership)
    act_id = None
    if actor.id != member_id:
        act_id = taken_measures.write(
            actor, membership, MeasureKind.REMOVE, reason=reason, membership_id=membership.id
        ).act_id
    close(actor, membership)
    line = audit_log.record(actor, Action.REMOVE, space_id=space.id, subject_id=member_id, reason=reason)
    if act_id is not None:
        undoable.said_in(act_id, line.id)
    events.record("role.taken", membership_id=membership.id, actor_id=actor.id, act_id=act_id)


def close(actor: Actor, membership: Membership) -> None:
    """End a membership, with all that hangs on it (system verb): its caller locked the space, says why and tells it."""
    membership.ended_at, membership.ended_by_id = clock.now(), actor.id
    member_id, space_id = membership.member_id, membership.space_id
    _withdraw_invitations(space_id, Invitation.responsible_id == member_id)
    lapsed_hand_overs.end_offers_to(member_id, space_id=space_id)
    deputies.end_of(member_id, space_id)
    feed_keys.end_lost(member_id)


def bring_back(actor: Actor, measure: SpaceMeasure) -> None:
    """Let somebody who was removed belong again, as before; what they answered for meanwhile stays as it is.

    System verb: its caller locked the space. Who was let in again otherwise keeps that role, and a moderator comes back
    as a member.
    """
    before = db.session.get(Membership, measure.membership_id, populate_existing=True)
    if before is None:
        raise Conflict(_("It is no longer known which role this person had. Invite them again."))
    if before.ends_at is not None and before.ends_at <= clock.now():
        raise Conflict(_("Their time as a guest is over meanwhile. Invite them again."))
    guests.close(before.member_id, before.space_id)
    again = select(Membership.id).where(
        Membership.space_id == before.space_id,
        Membership.member_id == before.member_id,
        belonging(Membership),
    )
    if db.session.scalar(again) is not None:
        return
    if taken_measures.is_open(measure):
        before.ended_at = before.ended_by_id = None
        db.session.flush()
        return
    role = Role.MEMBER if before.role == Role.MODERATOR else before.role
    grant(actor.id, before.member_id, before.space_id, role, ends_at=before.ends_at)


def withdraw_invitations_of(space_id: int, member_id: int) -> None:
    """Withdraw the open invitations to a space that somebody has, once its moderators decide about them (system verb).

    Its role was meant for who was not there yet. Before the membership changes: accepting locks in that order, too.
    """
    address = select(Member.email).where(Member.id == member_id).scalar_subquery()
    _withdraw_invitations(space_id, Invitation.email == address)


def moderators(reader: Actor | None, space_id: int) -> list[Byline]:
    """Return the moderators of a space by name, each once; nobody for a reader who is not in it (one query)."""
    if reader is None:
        return []
    today = days.today()
    values = {**reader_values(reader), "space_id": space_id, "today": today}
    last_begun = {row.member_id: row for row in select_rows(_moderators(), values)}
    return [speaker(row, today) for row in last_begun.values()]


@cached
def _moderators() -> Any:
    holds = capacities.holds_on(bindparam("today", type_=Date))
    return (
        visible(Membership, reader_param(signed_in=True), Membership.member_id, *COLUMNS)
        .join(Member, Member.id == Membership.member_id)
        .outerjoin(Capacity, and_(Capacity.member_id == Member.id, holds))
        .where(
            Membership.space_id == _SPACE_ID,
            Membership.role == Role.MODERATOR,
            Member.suspended_at.is_(None),
        )
        .order_by(Member.sort_key, Member.id, *capacities.SPOKEN_LAST)
    )


def current(space_id: int, member_id: int) -> Membership:
    """Return the role of somebody in a space now, locked (system verb); NotFound."""
    membership: Membership | None = db.session.scalars(
        select(Membership)
        .where(Membership.space_id == space_id, Membership.member_id == member_id, belonging(Membership))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if membership is None:
        raise NotFound
    return membership


def _replace(membership: Membership, role: Role, granter_id: int | None) -> Membership:
    now = clock.now()
    membership.ended_at, membership.ended_by_id = now, granter_id
    db.session.flush()
    row = Membership(
        member_id=membership.member_id,
        space_id=membership.space_id,
        role=role,
        since_at=now,
        granted_by_id=granter_id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _end_at(membership: Membership, ends_at: datetime | None) -> None:
    if membership.ends_at != ends_at:
        membership.ends_at, membership.end_told_at = ends_at, None
        db.session.flush()


def _log_role(actor: Actor, membership: Membership, before: Role | None) -> None:
    _log(actor, membership, str(ROLES[before]) if before else "", str(ROLES[membership.role]))


def _log(actor: Actor, membership: Membership, before: str, after: str) -> None:
    change = _("from %(before)s to %(after)s", before=before, after=after) if before else after
    audit_log.record(
        actor,
        Action.ROLE,
        space_id=membership.space_id,
        subject_id=membership.member_id,
        reason=change,
    )


def keep_a_moderator(membership: Membership) -> None:
    """Refuse to end the last moderator's role: requests to the space would never be answered (system verb).

    Invalid at `role`.
    """
    if membership.role != Role.MODERATOR:
        return
    others = (
        select(func.count())
        .select_from(Membership)
        .join(Member, Member.id == Membership.member_id)
        .where(
            Membership.space_id == membership.space_id,
            belonging(Membership),
            Membership.role == Role.MODERATOR,
            Membership.member_id != membership.member_id,
            in_good_standing(Member),
        )
    )
    if not db.session.scalar(others):
        raise Invalid("role", _("A space needs at least one moderator. Appoint somebody else first."))


def _withdraw_invitations(space_id: int, which: ColumnElement[bool]) -> None:
    """Withdraw open ones: those of a former moderator, too, since one holds only while its sender may invite."""
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.space_id == space_id,
            which,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=clock.now())
        .execution_options(synchronize_session=False)
    )
