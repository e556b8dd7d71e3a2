"""Requests to join: by a newcomer to the forum, or by a member to one more space; a moderator answers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from forum.domain.lines import clean_paragraphs
from forum.domain.mailing import events
from forum.domain.people import accounts, capacities, mail_links
from forum.domain.people.bylines import Byline, byline
from forum.domain.spaces import memberships
from forum.infra import clock, days, rates, tokens
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import claim, insert_new
from forum.models.accounts import Body, Capacity, Level, Member
from forum.models.spaces import JoinRequest, Role, Space, SpaceKind
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Forbidden, Invalid
from forum.policy.visibility import get_visible, visible

FROM_ONE_PLACE = "20 per hour"
FOR_ONE_ACCOUNT = "3 per hour"
REQUESTS = "10 per day"
NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody without an account fills in; `city` is a code, or "network" for the network's own people."""

    name: str
    email: str
    password: str
    function: str
    level: Level
    body: Body
    city: str
    message: str
    locale: str


@dataclass(frozen=True, slots=True)
class RequestCard:
    """A request as the moderators of that space see it."""

    id: int
    name: str
    email: str
    byline: Byline
    message: str
    asked_at: datetime
    is_new: bool


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """A request with its space: a line for who moderates several."""

    id: int
    name: str
    space: str
    slug: str
    asked_at: datetime


def ask(newcomer: Newcomer, *, address: str) -> None:
    """Ask for an account; the answer goes by mail, and is the same here for an address that has one already.

    `address` is where the request comes from. Invalid at the field that is wrong; TooOften.
    """
    email = accounts.clean_email(newcomer.email)
    rates.spend("join", f"address:{address}", limit=FROM_ONE_PLACE)
    rates.spend("join_account", f"account:{tokens.digest(email)}", limit=FOR_ONE_ACCOUNT)
    hashed = accounts.validate_and_hash(
        newcomer.password, name=accounts.clean_name(newcomer.name), email=email
    )
    message = _clean_message(newcomer.message)
    space = space_for_city(newcomer.city)
    member = accounts.by_email(email)
    if member is not None and member.confirmed_at is not None:
        reachable = member.suspended_at is None
        events.record("member.already_registered", member_id=member.id if reachable else None)
        db.session.flush()
        return
    member = _account(member, newcomer, email)
    member.password_hash, member.password_stamp = hashed, tokens.random_token(16)
    capacities.add(
        member.id,
        function=newcomer.function,
        level=newcomer.level,
        body=newcomer.body,
        city=None if newcomer.city == NETWORK else newcomer.city,
        starts_on=days.today(),
    )
    db.session.add(JoinRequest(space_id=space.id, member_id=member.id, message=message, asked_at=clock.now()))
    events.record("member.registered", member_id=member.id)
    db.session.flush()


def confirm(token: str) -> Member:
    """Confirm the address behind a link, so that moderators see the request; LinkExpired. Twice is the same as once."""
    member = mail_links.confirming_member(token)
    accounts.confirm_address(member)
    return member


def request_to_join(actor: Actor, space_id: int, *, message: str = "") -> JoinRequest:
    """Ask, as a member, to belong to one more space; asking again while it waits changes nothing.

    NotFound, Forbidden while not approved, Conflict for somebody who belongs to it, Invalid at `message`, TooOften.
    """
    space: Space = get_visible(Space, actor, space_id)
    if actor.approved_at is None:
        raise Forbidden(_("A moderator still has to let you in."))
    if space.id in actor.roles:
        raise Conflict(_("You belong to this space already."))
    text = _clean_message(message)
    now = clock.now()
    values = {"space_id": space.id, "member_id": actor.id, "message": text, "asked_at": now}
    is_new = bool(insert_new(JoinRequest, [values], JoinRequest.id))
    request = db.session.scalars(
        select(JoinRequest)
        .where(JoinRequest.space_id == space.id, JoinRequest.member_id == actor.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if not is_new and request.answered_at is None:
        return request
    rates.spend("request_to_join", f"member:{actor.id}", limit=REQUESTS)
    request.message, request.asked_at = text, now
    request.answered_at = request.answered_by_id = request.accepted = None
    db.session.flush()
    events.record("join.requested", request_id=request.id)
    return request


def has_requested(actor: Actor, space_id: int) -> bool:
    """Return whether the actor waits for an answer from that space."""
    query = select(JoinRequest.id).where(
        JoinRequest.space_id == space_id, JoinRequest.member_id == actor.id, JoinRequest.answered_at.is_(None)
    )
    return db.session.scalar(query) is not None


def requested_spaces(actor: Actor) -> set[int]:
    """Return the ids of the spaces from which the actor waits for an answer (one query)."""
    query = select(JoinRequest.space_id).where(
        JoinRequest.member_id == actor.id, JoinRequest.answered_at.is_(None)
    )
    return set(db.session.scalars(query))


def waiting(actor: Actor, space_id: int) -> list[RequestCard]:
    """Return the requests to a space, the longest waiting first, for its moderators (two queries)."""
    rows = db.session.scalars(
        visible(JoinRequest, actor)
        .join(Member, Member.id == JoinRequest.member_id)
        .where(
            JoinRequest.space_id == space_id,
            JoinRequest.answered_at.is_(None),
            Member.confirmed_at.is_not(None),
            Member.suspended_at.is_(None),
        )
        .order_by(JoinRequest.asked_at, JoinRequest.id)
        .options(joinedload(JoinRequest.member))
        .limit(100)
    ).all()
    held = capacities.current_of([row.member_id for row in rows])
    return [
        RequestCard(
            id=row.id,
            name=row.member.name,
            email=row.member.email,
            byline=byline(row.member.name, row.member.handle, held.get(row.member_id)),
            message=row.message,
            asked_at=row.asked_at,
            is_new=row.member.approved_at is None,
        )
        for row in rows
    ]


def waiting_anywhere(actor: Actor, limit: int) -> list[WaitingRequest]:
    """Return the requests to any of the spaces that the actor moderates, the longest waiting first (one query)."""
    rows = db.session.scalars(
        visible(JoinRequest, actor)
        .join(Member, Member.id == JoinRequest.member_id)
        .where(
            JoinRequest.answered_at.is_(None), Member.confirmed_at.is_not(None), Member.suspended_at.is_(None)
        )
        .order_by(JoinRequest.asked_at, JoinRequest.id)
        .options(joinedload(JoinRequest.member), joinedload(JoinRequest.space))
        .limit(limit)
    )
    return [
        WaitingRequest(row.id, row.member.name, row.space.name, row.space.slug, row.asked_at) for row in rows
    ]


def answer(actor: Actor, request_id: int, *, role: Role | None) -> JoinRequest:
    """Let somebody in as a member or guest, or refuse (None); the first answer counts.

    NotFound, Forbidden, Invalid at `role`, Conflict when it was answered already or the account is not in use.
    """
    request: JoinRequest = get_visible(JoinRequest, actor, request_id)
    require(may_moderate(actor, request.space_id))
    if role == Role.MODERATOR:
        raise Invalid("role", _("Let this person in as a member first."))
    answered = claim(
        update(JoinRequest)
        .where(JoinRequest.id == request.id, JoinRequest.answered_at.is_(None))
        .values(answered_at=clock.now(), answered_by_id=actor.id, accepted=role is not None)
    )
    if not answered:
        raise Conflict(_("Somebody answered this request already."))
    db.session.refresh(request)
    if role is not None:
        member = db.session.get_one(Member, request.member_id, populate_existing=True)
        if member.confirmed_at is None or member.suspended_at is not None:
            raise Conflict(_("This account is not in use."))
        member.approved_at = member.approved_at or clock.now()
        memberships.grant(actor.id, member.id, request.space_id, role)
    events.record("join.answered", request_id=request.id)
    db.session.flush()
    return request


def _clean_message(message: str) -> str:
    return clean_paragraphs(message, field="message", limit=JoinRequest.MESSAGE_MAX)


def space_for_city(city: str) -> Space:
    """Return the space whose moderators answer: the listed one of a city, else the network's own; Invalid at `city`."""
    listed = select(Space).where(Space.unlisted_at.is_(None)).order_by(Space.id).limit(1)
    of_city = listed.where(Space.kind == SpaceKind.CITY, Space.city == city)
    of_network = listed.where(Space.kind == SpaceKind.NETWORK)
    space = db.session.scalar(of_city) or db.session.scalar(of_network)
    if space is None:
        raise Invalid("city", _("Nobody can answer for this city yet. Ask a moderator for an invitation."))
    return space


def _account(member: Member | None, newcomer: Newcomer, email: str) -> Member:
    """A new account, or the one that was never confirmed, emptied: whoever reads that mailbox decides which stays."""
    if member is None:
        try:
            return accounts.create(email=email, name=newcomer.name, locale=newcomer.locale)
        except Invalid:  # the same form a moment ago: sent twice
            member = accounts.by_email(email)
            if member is None:
                raise
    db.session.execute(select(Member.id).where(Member.id == member.id).with_for_update())
    db.session.execute(delete(Capacity).where(Capacity.member_id == member.id))
    db.session.execute(delete(JoinRequest).where(JoinRequest.member_id == member.id))
    member.name, member.locale = accounts.clean_name(newcomer.name), newcomer.locale
    return member
