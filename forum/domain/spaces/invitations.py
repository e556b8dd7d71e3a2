"""Invitations: by a moderator, to one space and role, by mail, for four weeks, for one person, once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update

from forum.domain.lines import clean_paragraphs
from forum.domain.mailing import events
from forum.domain.people import accounts, capacities, mail_links
from forum.domain.spaces import confirmations, guests, memberships, spaces
from forum.infra import clock, days, rates
from forum.infra.db import db
from forum.infra.i18n import LOCALES, _
from forum.infra.rows import claim, drawn_id
from forum.models.accounts import Body, Level, Member
from forum.models.spaces import Invitation, Membership, Role, Space
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Forbidden, Invalid
from forum.policy.standing import belonging
from forum.policy.visibility import get_visible, visible

GOOD_FOR, SAME_SENDING = timedelta(days=28), timedelta(minutes=10)
MOST = "60 per hour"
MOST_TRIES = "20 per hour"  # of one link, to accept with a password: each makes a hash


@dataclass(frozen=True, slots=True)
class Profile:
    """What an invited person without an account fills in; the address is that of the invitation."""

    name: str
    password: str
    function: str
    level: Level
    body: Body
    city: str | None
    locale: str


def invite(
    actor: Actor,
    space_id: int,
    *,
    email: str,
    role: Role,
    note: str = "",
    locale: str = "nl",
    until: date | None = None,
) -> Invitation:
    """Invite somebody to a space; inviting the same address again renews the invitation and its mail.

    `until` is the last day of a guest: the invitation itself works no longer than that.
    The very same again within ten minutes is the same sending: one mail.
    NotFound, Forbidden unless the actor moderates the space, Invalid at `email`, `note` or `until`, TooOften.
    """
    # Locked, so that two clicks at once do not become two invitations.
    space: Space = get_visible(Space, actor, space_id, lock=True)
    require(may_moderate(actor, space.id))
    address = accounts.clean_email(email)
    note = clean_paragraphs(note, field="note", limit=Invitation.NOTE_MAX)
    if _belongs(space.id, address):
        raise Invalid("email", _("Somebody with this address belongs to this space already."))
    now, ends_at = clock.now(), guests.end_of(until) if role == Role.GUEST else None
    invitation = db.session.scalars(
        visible(Invitation, actor)
        .where(Invitation.space_id == space.id, Invitation.email == address, Invitation.accepted_at.is_(None))
        .order_by(Invitation.invited_at.desc(), Invitation.id.desc())
        .limit(1)
    ).one_or_none()
    locale = locale if locale in LOCALES else LOCALES[0]
    wanted = (Role(role), note, locale, actor.id, ends_at)
    if invitation is not None and _sent_just_now(invitation, now) and _means(invitation) == wanted:
        return invitation
    rates.spend("invite", f"member:{actor.id}", limit=MOST)
    if invitation is None:
        invitation = Invitation(id=drawn_id(Invitation.id), space_id=space.id, email=address)
        db.session.add(invitation)
    invitation.role, invitation.note = Role(role), note
    invitation.locale, invitation.ends_at, invitation.invited_at = locale, ends_at, now
    invitation.invited_by_id = invitation.responsible_id = actor.id
    invitation.expires_at, invitation.withdrawn_at = min(now + GOOD_FOR, ends_at or now + GOOD_FOR), None
    db.session.flush()
    events.record("invitation.sent", invitation_id=invitation.id)
    return invitation


def waiting(actor: Actor, space_id: int) -> list[Invitation]:
    """Return the invitations to a space that nobody accepted yet, also expired ones, for its moderators."""
    return list(
        db.session.scalars(
            visible(Invitation, actor)
            .where(
                Invitation.space_id == space_id,
                Invitation.accepted_at.is_(None),
                Invitation.withdrawn_at.is_(None),
            )
            .order_by(Invitation.invited_at.desc(), Invitation.id.desc())
            .limit(100)
        )
    )


def withdraw(actor: Actor, invitation_id: int) -> Invitation:
    """Withdraw an invitation; its link stops working at once. NotFound, Forbidden, Conflict once it was accepted."""
    invitation: Invitation = get_visible(Invitation, actor, invitation_id)
    require(may_moderate(actor, invitation.space_id))
    withdrawn = claim(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.accepted_at.is_(None))
        .values(withdrawn_at=clock.now())
    )
    if not withdrawn:
        raise Conflict(_("This invitation was already accepted."))
    db.session.refresh(invitation)
    return invitation


def take_over(actor: Actor, invitation_id: int, *, giver_id: int) -> Invitation:
    """Answer from now on for an invitation instead of the giver: it is not withdrawn when they leave.

    Who invited stays as it was.

    NotFound, Forbidden, Conflict once it was accepted, withdrawn, or sent anew by somebody else.
    """
    invitation: Invitation = get_visible(Invitation, actor, invitation_id)
    require(may_moderate(actor, invitation.space_id))
    taken = claim(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.responsible_id == giver_id, *open_on(clock.now()))
        .values(responsible_id=actor.id)
    )
    if not taken:
        raise Conflict(_("This was settled or passed on meanwhile: there is nothing left to take over."))
    db.session.refresh(invitation)
    return invitation


def open_on(moment: Any) -> tuple[ColumnElement[bool], ...]:
    """Say of an Invitation that it can be accepted at that moment."""
    return (
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > moment,
    )


def has_account(invitation: Invitation) -> bool:
    """Return whether the invited address has a confirmed account: its owner signs in and accepts with one button."""
    member = accounts.by_email(invitation.email)
    return member is not None and member.confirmed_at is not None


def accept_as(actor: Actor, token: str) -> Space:
    """Accept with the account that has the invited address; LinkExpired, Forbidden for another account."""
    invitation = mail_links.invitation_of(token)
    if actor.email != invitation.email:
        raise Forbidden(_("This invitation is for somebody with another address."))
    spaces.hold_people(invitation.space_id)
    member = db.session.get_one(Member, actor.id)
    return _let_in(invitation, member)


def space_joined_by(actor: Actor, token: str) -> Space | None:
    """Return the space of an invitation that the actor accepted, while they belong to it; None for any other link."""
    invitation = mail_links.invitation_accepted_by(actor.id, token)
    return invitation.space if invitation is not None and invitation.space_id in actor.roles else None


def hash_password(token: str, profile: Profile) -> str:
    """Return the hash of the password with which somebody new accepts: made first, so that nobody waits for it.

    LinkExpired, Forbidden when the address has an account, Invalid at `name` or `password`, TooOften.
    """
    invitation = _for_somebody_new(token)
    rates.spend("accept", f"invitation:{invitation.id}", limit=MOST_TRIES)
    name = accounts.clean_name(profile.name)
    return accounts.validate_and_hash(profile.password, name=name, email=invitation.email)


def accept(token: str, profile: Profile, *, password_hash: str) -> tuple[Member, Space]:
    """Accept as somebody new: the mail proves the address, and who answers for the invitation does for the person.

    `password_hash` is that of `hash_password`. LinkExpired, Forbidden when the address has an account, Invalid at the
    field that is wrong.
    """
    invitation = _for_somebody_new(token)
    spaces.hold_people(invitation.space_id)
    capacities.check_city(profile.city, profile.body)
    member = accounts.begin(
        email=invitation.email, name=profile.name, password_hash=password_hash, locale=profile.locale
    )
    capacities.add(
        member.id,
        function=profile.function,
        level=profile.level,
        body=profile.body,
        city=profile.city,
        starts_on=days.today(),
    )
    return member, _let_in(invitation, member)


def _for_somebody_new(token: str) -> Invitation:
    invitation = mail_links.invitation_of(token)
    if has_account(invitation):
        raise Forbidden(_("You have an account with this address already. Sign in to accept."))
    return invitation


def _let_in(invitation: Invitation, member: Member) -> Space:
    now = clock.now()
    # The row decides: of two requests with one link, one finds it used.
    accepted = claim(
        update(Invitation)
        .where(Invitation.id == invitation.id, *open_on(now))
        .values(accepted_at=now, accepted_by_id=member.id)
    )
    if not accepted:
        raise mail_links.LinkExpired(
            _("This invitation was already used. Do you have an account? Then sign in.")
        )
    member.approved_at = member.approved_at or now
    db.session.flush()
    memberships.grant(
        invitation.responsible_id,
        member.id,
        invitation.space_id,
        invitation.role,
        ends_at=invitation.ends_at,
    )
    confirmations.confirm_invited(invitation, member.id)
    space: Space = invitation.space
    return space


def _sent_just_now(invitation: Invitation, now: datetime) -> bool:
    return invitation.withdrawn_at is None and now - invitation.invited_at < SAME_SENDING


def _means(invitation: Invitation) -> tuple[Any, ...]:
    by_id, ends_at = invitation.responsible_id, invitation.ends_at
    return invitation.role, invitation.note, invitation.locale, by_id, ends_at


def _belongs(space_id: int, address: str) -> bool:
    query = (
        select(Membership.id)
        .join(Member, Member.id == Membership.member_id)
        .where(Membership.space_id == space_id, belonging(Membership), Member.email == address)
    )
    return db.session.scalar(query) is not None
