"""Asking for access: by a newcomer, whose address the link in an e-mail proves; whoever opens that link decides.

A request is kept as it was sent and is nobody's. Its link shows it, the password is chosen there, and only then it
becomes an account and a request to join. So nobody confirms what somebody else filled in with their address: of several
requests each has its own link, and the first that is confirmed ends the others.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from forum.domain.mailing import events
from forum.domain.people import accounts, capacities, mail_links, passwords
from forum.domain.spaces import join_requests
from forum.infra import clock, days, rates, tokens
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import drawn_id
from forum.models.accounts import Body, Level, Member
from forum.models.spaces import AccessRequest, JoinRequest, Space, SpaceKind
from forum.policy.errors import Invalid

MOST_TRIES = "20 per hour"  # of one link, to choose a password: each makes a hash
KEPT = timedelta(seconds=mail_links.CONFIRM_SECONDS) + timedelta(days=1)
NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody without an account fills in; `city` is a code, or "network" for the network's own people."""

    name: str
    email: str
    function: str
    level: Level
    body: Body
    city: str
    message: str
    locale: str


def ask(newcomer: Newcomer, *, address: str) -> None:
    """Ask for an account; the answer goes by mail, and is the same here for an address that has one already.

    `address` is where the request comes from. Invalid at the field that is wrong; TooOften.
    """
    email = accounts.clean_email(newcomer.email)
    city = None if newcomer.city == NETWORK else newcomer.city
    capacities.check_city(city, Body(newcomer.body))
    request = AccessRequest(
        id=drawn_id(AccessRequest.id),  # its link names it, to people who have no account
        email=email,
        stamp=tokens.random_token(16),
        name=accounts.clean_name(newcomer.name),
        function=capacities.clean_function(newcomer.function),
        level=Level(newcomer.level),
        body=Body(newcomer.body),
        city=city,
        space_id=space_for_city(newcomer.city).id,
        message=join_requests.clean_message(newcomer.message),
        locale=newcomer.locale,
        asked_at=clock.now(),
    )
    rates.spend_all(passwords.letters("join", email, address=address))
    # Written for an address with an account too: the same work takes the same time. No link leads to that one.
    db.session.add(request)
    db.session.flush()
    member = accounts.by_email(email)
    if member is not None and member.confirmed_at is not None:
        reachable = member.suspended_at is None
        events.record("member.already_registered", member_id=member.id if reachable else None)
    else:
        events.record("access.requested", access_request_id=request.id)
    db.session.flush()


def hash_password(token: str, password: str) -> str:
    """Return the hash of the password that whoever opened the link chose: made first, so that nobody waits for it.

    LinkExpired, Invalid at `password`, TooOften.
    """
    request = mail_links.access_request_of(token)
    rates.spend("confirm", f"access_request:{request.id}", limit=MOST_TRIES)
    return accounts.validate_and_hash(password, name=request.name, email=request.email)


def confirm(token: str, *, password_hash: str) -> Member:
    """Make the request behind a link an account with this password, and tell the moderators; LinkExpired.

    `password_hash` is that of `hash_password`. Once one request is confirmed, no other of that address can be.
    """
    request = mail_links.access_request_of(token)
    try:
        member = accounts.begin(
            email=request.email,
            name=request.name,
            password_hash=password_hash,
            locale=request.locale,
        )
    except Invalid:  # two links at the same moment: the address can have one account
        raise mail_links.confirmed_already() from None
    capacities.add(
        member.id,
        function=request.function,
        level=request.level,
        body=request.body,
        city=request.city,
        starts_on=days.today(),
    )
    joining = JoinRequest(
        space_id=request.space_id, member_id=member.id, message=request.message, asked_at=request.asked_at
    )
    db.session.add(joining)
    db.session.flush()
    events.record("join.requested", request_id=joining.id)
    db.session.flush()
    return member


def forget_old() -> None:
    """Delete the requests whose links no longer work: most were made by somebody who mistyped an address."""
    db.session.execute(delete(AccessRequest).where(AccessRequest.asked_at < clock.now() - KEPT))


def space_for_city(city: str) -> Space:
    """Return the space whose moderators answer: the listed one of a city, else the network's own; Invalid at `city`."""
    listed = select(Space).where(Space.unlisted_at.is_(None)).order_by(Space.id).limit(1)
    of_city = listed.where(Space.kind == SpaceKind.CITY, Space.city == city)
    of_network = listed.where(Space.kind == SpaceKind.NETWORK)
    space = db.session.scalar(of_city) or db.session.scalar(of_network)
    if space is None:
        raise Invalid("city", _("Nobody can answer for this city yet. Ask a moderator for an invitation."))
    return space
