"""Accounts: made, given a capacity, appointed in the network, suspended and readmitted."""

from datetime import date
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from forum.domain.people import sessions
from forum.infra import addresses, clock, passwords, text, tokens
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.paging import Page, keyset
from forum.models.accounts import Body, Capacity, Level, Member, NetworkAppointment, NetworkRole
from forum.models.cities import BY_CODE
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Invitation
from forum.policy.actions import deny, require
from forum.policy.actors import Actor
from forum.policy.errors import Invalid, NotFound

LONGEST_NAME = 80
LONGEST_FUNCTION = 100
LONGEST_REASON = 300


def create(
    *,
    email: str,
    name: str,
    password: str | None = None,
    locale: str | None = None,
    handle: str | None = None,
    confirmed: bool = False,
    approved: bool = False,
) -> Member:
    """A new account; Invalid at `email`, `name` or `password`. What was written before she came counts as read."""
    now = clock.now()
    address = addresses.clean(email)
    if address is None:
        raise Invalid("email", _("This is not an e-mail address."))
    called = fit_name(name)
    member = Member(
        handle=handle or _free_handle(called),
        name=called,
        email=address,
        password_hash=hashed(password, name=called, email=address) if password is not None else None,
        password_stamp=tokens.random_token(16),
        locale=locale,
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
    return member


def by_email(email: str) -> Member | None:
    """The account with that address, whatever its standing."""
    return db.session.scalars(select(Member).where(Member.email == addresses.key(email))).one_or_none()


def fit_name(name: str) -> str:
    """A name fit to be kept, or Invalid."""
    called = text.one_line(name)
    if not called:
        raise Invalid("name", _("Fill in your name."))
    if len(called) > LONGEST_NAME:
        raise Invalid("name", _("Use at most %(limit)d characters.", limit=LONGEST_NAME))
    return called


def hashed(password: str, *, name: str, email: str) -> str:
    """The hash of a password that is good enough, or Invalid at `password`."""
    words = (*name.split(), *email.replace("@", ".").split("."), *BY_CODE)
    weak = passwords.weakness(password, words=words)
    if weak is not None:
        raise Invalid("password", _weakness(weak))
    return passwords.hash_password(password)


def add_capacity(
    member_id: int,
    *,
    function: str,
    level: Level,
    body: Body,
    city: str | None,
    starts_on: date,
    ends_on: date | None = None,
) -> Capacity:
    """Give a member a capacity; what she said earlier keeps the one she had then."""
    words = text.one_line(function)
    if not words:
        raise Invalid("function", _("Say what you do, in a word or two."))
    if len(words) > LONGEST_FUNCTION:
        raise Invalid("function", _("Use at most %(limit)d characters.", limit=LONGEST_FUNCTION))
    if city is not None and city not in BY_CODE:
        raise Invalid("city", _("Choose a city of the network."))
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_on", _("The end comes after the beginning."))
    capacity = Capacity(
        member_id=member_id,
        function=words,
        level=Level(level),
        body=Body(body),
        city=city,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    db.session.add(capacity)
    db.session.flush()
    return capacity


def current_capacity(member_id: int) -> Capacity | None:
    """In which capacity a member speaks today: of those that hold, the one that began last."""
    today = clock.now().date()
    return db.session.scalars(
        select(Capacity)
        .where(
            Capacity.member_id == member_id,
            Capacity.starts_on <= today,
            or_(Capacity.ends_on.is_(None), Capacity.ends_on >= today),
        )
        .order_by(Capacity.starts_on.desc(), Capacity.id.desc())
        .limit(1)
    ).one_or_none()


def appoint(
    member_id: int, network_role: NetworkRole, granted_by_id: int | None = None
) -> NetworkAppointment:
    """Give a member a role in the network, once."""
    held = db.session.scalars(
        select(NetworkAppointment).where(
            NetworkAppointment.member_id == member_id,
            NetworkAppointment.role == NetworkRole(network_role),
            NetworkAppointment.ended_at.is_(None),
        )
    ).one_or_none()
    if held is not None:
        return held
    appointment = NetworkAppointment(
        member_id=member_id, role=NetworkRole(network_role), since_at=clock.now(), granted_by_id=granted_by_id
    )
    db.session.add(appointment)
    db.session.flush()
    return appointment


def everyone(actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[Member]:
    """Every account of the network, the newest first, for administrators."""
    _require_admin(actor)
    query: Any = select(Member, Member.created_at, Member.id)
    rows, following = keyset(query, keys=(Member.created_at, Member.id), cursor=cursor, limit=limit)
    return Page([row.Member for row in rows], following)


def suspend(actor: Actor, member_id: int, *, reason: str) -> Member:
    """Keep a member out: every device is signed out, and what she invited to is taken back."""
    _require_admin(actor)
    words = fit_reason(reason)
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
            Invitation.invited_by_id == member.id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=clock.now())
    )
    _note(actor, Action.SUSPEND, member, words)
    return member


def readmit(actor: Actor, member_id: int, *, reason: str) -> Member:
    """Let a suspended member in again, with the roles that she still has."""
    _require_admin(actor)
    words = fit_reason(reason)
    member = _locked(member_id)
    if member.suspended_at is not None:
        member.suspended_at = None
        _note(actor, Action.READMIT, member, words)
    return member


def fit_reason(reason: str) -> str:
    """A reason fit for the log, or Invalid."""
    words = text.one_line(reason)
    if not words:
        raise Invalid("reason", _("Say why: it stays in the log."))
    if len(words) > LONGEST_REASON:
        raise Invalid("reason", _("Use at most %(limit)d characters.", limit=LONGEST_REASON))
    return words


def _require_admin(actor: Actor) -> None:
    if NetworkRole.ADMIN not in actor.network_roles:
        require(deny(_("Only an administrator of the network can do this.")))


def _locked(member_id: int) -> Member:
    query = select(Member).where(Member.id == member_id).with_for_update()
    member: Member | None = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if member is None:
        raise NotFound
    return member


def _note(actor: Actor, action: Action, member: Member, reason: str) -> None:
    db.session.add(
        ModerationAction(
            action=action, actor_id=actor.id, subject_id=member.id, reason=reason, created_at=clock.now()
        )
    )
    db.session.flush()


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
