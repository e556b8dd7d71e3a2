"""Accounts: created, confirmed, appointed in the network, suspended and readmitted."""

from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from forum.domain.audit import log as audit_log
from forum.domain.lines import clean_line, clean_reason
from forum.domain.mailing import events
from forum.domain.people import feed_keys, found_by, lapsed_hand_overs, sessions
from forum.infra import addresses, clock, days, passwords, text, tokens
from forum.infra.db import db, let_go
from forum.infra.i18n import _
from forum.infra.paging import Page, keyset
from forum.infra.rows import drawn_id
from forum.models.accounts import Capacity, Member, NetworkAppointment, NetworkRole
from forum.models.cities import BY_CODE
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import AccessRequest, Invitation, JoinRequest
from forum.policy.actions import may_administer, require
from forum.policy.actors import Actor
from forum.policy.errors import Invalid, NotFound


def create(
    *,
    email: str,
    name: str,
    password_hash: str | None = None,
    locale: str | None = None,
    handle: str | None = None,
    confirmed: bool = False,
    approved: bool = False,
) -> Member:
    """Create an account; Invalid at `email` or `name`. Everything posted before it counts as read.

    `password_hash` is that of `validate_and_hash`, made before anybody waits for this one.
    """
    now = clock.now()
    address = clean_email(email)
    display_name = clean_name(name)
    member = Member(
        id=drawn_id(Member.id),
        handle=handle or _free_handle(display_name),
        name=display_name,
        email=address,
        password_hash=password_hash,
        password_stamp=tokens.random_token(16),
        locale=locale,
        timezone=days.forum_zone(),
        created_at=now,
        confirmed_at=now if confirmed else None,
        approved_at=now if approved else None,
        all_read_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(member)
            db.session.flush()
    except IntegrityError:
        raise Invalid("email", _("There is an account with this address already.")) from None
    found_by.keep_name(member)
    return member


def begin(*, email: str, name: str, password_hash: str, locale: str | None) -> Member:
    """Return the account of somebody who has just proven an address by a link; Invalid at `email` or `name`.

    It is a new one. An older one that nobody ever confirmed is emptied first: whoever made it may not be the owner.
    """
    member = db.session.scalars(
        select(Member)
        .where(Member.email == email, Member.confirmed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if member is None:
        return create(email=email, name=name, password_hash=password_hash, locale=locale, confirmed=True)
    db.session.execute(delete(Capacity).where(Capacity.member_id == member.id))
    db.session.execute(delete(JoinRequest).where(JoinRequest.member_id == member.id))
    member.name, member.locale = clean_name(name), locale
    member.password_hash, member.password_stamp = password_hash, tokens.random_token(16)
    member.confirmed_at = clock.now()
    db.session.flush()
    found_by.keep_name(member)
    return member


def one_at_a_time(actor: Actor | Member) -> None:
    """Let what follows happen for this member once at a time, until the end of the transaction.

    For what is looked at before something new is written: two at once would not see each other. Rows that only point at
    the member wait for nothing.
    """
    db.session.execute(select(Member.id).where(Member.id == actor.id).with_for_update(key_share=True))


def by_email(email: str) -> Member | None:
    """Return the account with that address, also an unconfirmed or suspended one."""
    return db.session.scalars(select(Member).where(Member.email == addresses.key(email))).one_or_none()


def newest_request(email: str) -> int | None:
    """Return the id of the last request for access with that address, if any."""
    query = select(AccessRequest.id).where(AccessRequest.email == addresses.key(email))
    return db.session.scalar(query.order_by(AccessRequest.asked_at.desc(), AccessRequest.id.desc()).limit(1))


def clean_email(email: str) -> str:
    """Return an address fit to be stored; Invalid at `email`."""
    address = addresses.clean(email)
    if address is not None:
        return address
    if not addresses.has_plain_mailbox(email):
        raise Invalid("email", _("Many mail servers accept only letters without accents before the @."))
    raise Invalid("email", _("This is not an e-mail address."))


def clean_name(name: str) -> str:
    """Return a name fit to be stored; Invalid at `name`."""
    return clean_line(name, field="name", limit=Member.NAME_MAX, missing=_("Fill in your name."))


def validate_and_hash(password: str, *, name: str, email: str) -> str:
    """Return the hash of a password that is good enough; Invalid at `password`, TooBusy."""
    guesses = (*name.split(), *email.replace("@", ".").split("."), *BY_CODE)
    weak = passwords.weakness(password, words=guesses)
    if weak is not None:
        raise Invalid("password", _weakness(weak))
    let_go()
    return passwords.hash_password(password)


def confirm_address(member: Member) -> None:
    """Note that the member reads the mail of this address, and tell the moderators whom they asked to join."""
    if member.confirmed_at is not None:
        return
    member.confirmed_at = clock.now()
    waiting = select(JoinRequest.id).where(
        JoinRequest.member_id == member.id, JoinRequest.answered_at.is_(None)
    )
    for request_id in db.session.scalars(waiting).all():
        events.record("join.requested", request_id=request_id)
    db.session.flush()


def appoint(
    member_id: int, network_role: NetworkRole, granted_by_id: int | None = None
) -> NetworkAppointment:
    """Give a member a role in the network; the current appointment, when they have that role already."""
    current = db.session.scalars(
        select(NetworkAppointment).where(
            NetworkAppointment.member_id == member_id,
            NetworkAppointment.role == NetworkRole(network_role),
            NetworkAppointment.ended_at.is_(None),
        )
    ).one_or_none()
    if current is not None:
        return current
    feed_keys.end_lost(member_id)  # of who belonged nowhere any more
    appointment = NetworkAppointment(
        member_id=member_id, role=NetworkRole(network_role), since_at=clock.now(), granted_by_id=granted_by_id
    )
    db.session.add(appointment)
    db.session.flush()
    return appointment


def everyone(actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[Member]:
    """Return the accounts of the network, the newest first, for its administrators; Forbidden for others."""
    require(may_administer(actor))
    query: Any = select(Member, Member.created_at, Member.id)
    rows, following = keyset(query, keys=(Member.created_at, Member.id), cursor=cursor, limit=limit)
    return Page([row.Member for row in rows], following)


def suspend(actor: Actor, member_id: int, *, reason: str) -> Member:
    """Suspend a member: sign out every device, withdraw invitations they answer for, end what they are offered.

    Forbidden unless the actor administrates the network; NotFound; Invalid at `reason`, also for oneself.
    """
    require(may_administer(actor))
    reason = _clean_reason(reason)
    member = _locked(member_id)
    if member.id == actor.id:
        raise Invalid("reason", _("You cannot suspend yourself."))
    if member.suspended_at is not None:
        return member
    member.suspended_at = clock.now()
    sessions.end_all(member.id)
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.responsible_id == member.id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=clock.now())
    )
    lapsed_hand_overs.end_offers_to(member.id)
    audit_log.record(actor, Action.SUSPEND, subject_id=member.id, reason=reason)
    events.record("member.suspended", member_id=member.id, actor_id=actor.id)
    return member


def readmit(actor: Actor, member_id: int, *, reason: str) -> Member:
    """Let a suspended member in again, with the roles that they still have; errors as in `suspend`."""
    require(may_administer(actor))
    reason = _clean_reason(reason)
    member = _locked(member_id)
    if member.suspended_at is not None:
        member.suspended_at = None
        audit_log.record(actor, Action.READMIT, subject_id=member.id, reason=reason)
    return member


def _clean_reason(reason: str) -> str:
    return clean_reason(reason, limit=ModerationAction.REASON_MAX, missing=_("Say why: it stays in the log."))


def _locked(member_id: int) -> Member:
    # Rows that point at them wait for nothing: whoever changes their role holds their invitations, and then logs it.
    query = select(Member).where(Member.id == member_id).with_for_update(key_share=True)
    member: Member | None = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if member is None:
        raise NotFound
    return member


def _weakness(code: str) -> str:
    return {
        "short": _(
            "Use at least %(limit)d characters. A few words in a row work well.", limit=passwords.SHORTEST
        ),
        "long": _("Use at most %(limit)d characters.", limit=passwords.LONGEST),
        "common": _("Too many people use this password, or it is too simple. Choose another one."),
        "guessable": _("This password is made of your name, address or city. Choose another one."),
    }[code]


def _free_handle(name: str) -> str:
    base = text.slug(name)[:30].rstrip("-")
    taken = set(
        db.session.scalars(
            select(Member.handle).where(or_(Member.handle == base, Member.handle.startswith(f"{base}-")))
        )
    )
    if base not in taken:
        return base
    number = next(n for n in range(2, len(taken) + 3) if f"{base}-{n}" not in taken)
    return f"{base}-{number}"
