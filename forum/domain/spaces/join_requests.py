"""Requests to join a space: of a newcomer who confirmed an address, or of a member; a moderator answers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import joinedload

from forum.domain.audit import log as audit_log
from forum.domain.lines import clean_paragraphs
from forum.domain.mailing import events
from forum.domain.people import capacities
from forum.domain.people.bylines import COLUMNS, Byline, byline, speaker
from forum.domain.people.capacities import HeldCapacity
from forum.domain.spaces import bringing, guests, spaces, undone_answers
from forum.domain.spaces.bringing import Brought
from forum.infra import clock, days, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import claim, insert_new
from forum.models.accounts import Capacity, Member
from forum.models.moderation import Action
from forum.models.spaces import JoinRequest, Role, Space, SpaceKind
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.answering import answers_inside
from forum.policy.errors import Conflict, Forbidden, Invalid
from forum.policy.visibility import get_visible, visible

REQUESTS = "10 per day"
MOST_OF_SPACE = 100
MOST_WAITING = 4  # on the home page, of which the last is only a hint that there are more

_ASKER = (Member.id.label("member_id"), Member.name, Member.handle, Member.email, Member.approved_at)
_CITY = case((Space.kind == SpaceKind.CITY, Space.city))


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
    confirms: int | None = None  # what they speak as, where it waits and whoever lets them in may confirm it


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """A request with its space: a line for who moderates several."""

    id: int
    byline: Byline
    space: str
    slug: str
    asked_at: datetime


class Asker(NamedTuple):
    """Who asks, by which request that waits."""

    request_id: int
    byline: Byline


def waits(asker: Any = Member) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for a request to wait: no answer yet, for somebody whose account is in use.

    `asker` is the Member of who asks, in a query that joins it.
    """
    return (JoinRequest.answered_at.is_(None), asker.confirmed_at.is_not(None), asker.suspended_at.is_(None))


def still_waits(request: JoinRequest) -> bool:
    """Return the same of a request that was read, with its member, at this moment."""
    asker = request.member
    return request.answered_at is None and asker.confirmed_at is not None and asker.suspended_at is None


def request_to_join(actor: Actor, space_id: int, *, message: str = "") -> JoinRequest:
    """Ask, as a member, to belong to one more space; asking again while it waits only brings a new message.

    NotFound, Forbidden while not approved, Conflict for somebody who belongs to it, Invalid at `message`, TooOften.
    """
    space: Space = get_visible(Space, actor, space_id)
    if actor.approved_at is None:
        raise Forbidden(_("A moderator still has to let you in."))
    if space.id in actor.roles:
        raise Conflict(_("You belong to this space already."))
    text = clean_message(message)
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
        # Nobody is told twice, and nothing that was typed is thrown away.
        request.message = text or request.message
        db.session.flush()
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


def names_of_asked(actor: Actor) -> list[str]:
    """Return the names of the spaces from which the actor waits for an answer: they named those themselves."""
    query = select(Space.name).join(JoinRequest, JoinRequest.space_id == Space.id)
    waits = (JoinRequest.member_id == actor.id, JoinRequest.answered_at.is_(None))
    return list(db.session.scalars(query.where(*waits).order_by(JoinRequest.asked_at, JoinRequest.id)))


def of_space(actor: Actor, space_id: int) -> list[RequestCard]:
    """Return the requests to a space, the longest waiting first, for its moderators (one query)."""
    return _cards(actor, JoinRequest.space_id == space_id)


def card(actor: Actor, request_id: int) -> RequestCard | None:
    """Return one of them, for a moderator of its space; None where it does not wait (one query)."""
    return next(iter(_cards(actor, JoinRequest.id == request_id)), None)


def _cards(actor: Actor, which: ColumnElement[bool]) -> list[RequestCard]:
    columns = (JoinRequest.id, JoinRequest.message, JoinRequest.asked_at, *_ASKER, *capacities.HELD)
    page = (
        visible(JoinRequest, actor, *columns, _CITY.label("space_city"))
        .join(Member, Member.id == JoinRequest.member_id)
        .join(Space, Space.id == JoinRequest.space_id)
        .outerjoin(Capacity, Capacity.id == capacities.spoken_in(Member.id, days.today()))
        .where(which, *waits())
        .order_by(JoinRequest.asked_at, JoinRequest.id)
        .limit(MOST_OF_SPACE)
        .cte("requests_page")
    )
    brought = bringing.brought(select(page.c.member_id))
    shown = select(page, *bringing.columns(brought))
    shown = shown.outerjoin(brought, brought.c.member_id == page.c.member_id)
    return [_card(actor, row) for row in db.session.execute(shown.order_by(page.c.asked_at, page.c.id))]


def _card(actor: Actor, row: Any) -> RequestCard:
    held = capacities.held_of(row)
    return RequestCard(
        id=row.id,
        name=row.name,
        email=row.email,
        byline=byline(row.name, row.handle, held),
        message=row.message,
        asked_at=row.asked_at,
        is_new=row.approved_at is None,
        confirms=_confirmable(actor, row.space_city, held, {row.member_id: bringing.of_row(row)}),
    )


def one(actor: Actor, request_id: int) -> JoinRequest:
    """Return a request to a space that the actor moderates; NotFound."""
    request: JoinRequest = get_visible(JoinRequest, actor, request_id)
    return request


def _confirmable(
    actor: Actor, city: str | None, capacity: HeldCapacity | None, brought: Mapping[int, Brought]
) -> int | None:
    """The id of a capacity that waits, where a space of that city answers for it once its member is in."""
    if capacity is None or capacity.confirmed_at is not None:
        return None
    if not answers_inside(capacity.body, capacity.city, space_city=city):
        return None
    return capacity.id if bringing.may_vouch(actor.id, capacity, brought) else None


def waiting(actor: Actor) -> list[WaitingRequest]:
    """Return the first requests to any of the spaces that the actor moderates, the longest waiting first.

    One query; none for who moderates nothing.
    """
    if not actor.moderates:
        return []
    columns = (JoinRequest.id, JoinRequest.asked_at, Space.name.label("space"), Space.slug, *COLUMNS)
    rows = db.session.execute(
        visible(JoinRequest, actor, *columns)
        .join(Member, Member.id == JoinRequest.member_id)
        .join(Space, Space.id == JoinRequest.space_id)
        .outerjoin(Capacity, Capacity.id == capacities.spoken_in(Member.id, days.today()))
        .where(*waits())
        .order_by(JoinRequest.asked_at, JoinRequest.id)
        .limit(MOST_WAITING)
    )
    return [WaitingRequest(row.id, speaker(row), row.space, row.slug, row.asked_at) for row in rows]


def askers(actor: Actor, asked: Collection[tuple[int, int]]) -> dict[tuple[int, int], Asker]:
    """Return who asks by space and member, of those that wait for the actor (two queries; none for nobody)."""
    if not asked:
        return {}
    spaces, members = zip(*asked, strict=True)
    rows = db.session.scalars(
        visible(JoinRequest, actor)
        .join(Member, Member.id == JoinRequest.member_id)
        .where(JoinRequest.space_id.in_(spaces), JoinRequest.member_id.in_(members), *waits())
        .options(joinedload(JoinRequest.member))
    ).all()
    held = capacities.current_of(members)
    return {
        (row.space_id, row.member_id): Asker(row.id, _speaking(row.member, held.get(row.member_id)))
        for row in rows
    }


def who_asks(request: JoinRequest) -> Byline:
    """Return the byline of who asks, as the page of that space shows it (one query)."""
    return _speaking(request.member, capacities.current(request.member_id))


def _speaking(member: Member, held: HeldCapacity | None) -> Byline:
    return byline(member.name, member.handle, held)


def answer(
    actor: Actor, request_id: int, *, role: Role | None, until: date | None = None, with_undo: bool = False
) -> JoinRequest:
    """Let somebody in as a member, or as a guest until a day, or refuse (None); the first answer counts.

    Who is let in has this role, and not that of an invitation of before. `with_undo`: where nothing else changes by it,
    it can be taken back for ten minutes, and they hear of it after that.
    NotFound, Forbidden, Invalid at `role` or `until`, Conflict when it was answered before or the account
    is not in use.
    """
    request: JoinRequest = get_visible(JoinRequest, actor, request_id)
    require(may_moderate(actor, request.space_id))
    if role == Role.MODERATOR:
        raise Invalid("role", _("Let this person in as a member first."))
    ends_at = guests.end_of(until) if role == Role.GUEST else None
    spaces.hold_people(request.space_id)
    answered = claim(
        update(JoinRequest)
        .where(JoinRequest.id == request.id, JoinRequest.answered_at.is_(None))
        .values(answered_at=clock.now(), answered_by_id=actor.id, accepted=role is not None)
    )
    if not answered:
        raise Conflict(_("Somebody answered this request already."))
    db.session.refresh(request)
    is_whole = with_undo and undone_answers.is_whole(request)
    admitted = undone_answers.let_in(actor, request, role, ends_at) if role is not None else None
    kind = Action.ADMIT if role is not None else Action.NOT_ADMIT
    line = audit_log.record(actor, kind, space_id=request.space_id, subject_id=request.member_id)
    undone: dict[str, int] = {}
    if is_whole:
        membership, is_new = admitted or (None, False)
        act = undone_answers.note_request(
            actor, request, log_id=line.id, membership=membership, is_new=is_new
        )
        undone["act_id"] = act.id
    events.record("join.answered", request_id=request.id, **undone)
    db.session.flush()
    return request


def confirmed_with(request: JoinRequest) -> Capacity | None:
    """Return what somebody speaks as where the answer that let them in confirmed it, too (one query).

    It has the moment of that answer: of what was confirmed later, a letter of its own tells.
    """
    told = (Capacity.member_id == request.member_id, Capacity.confirmed_at == request.answered_at)
    return db.session.scalars(select(Capacity).where(*told).limit(1)).one_or_none()


def clean_message(message: str) -> str:
    """Return a message to the moderators, fit to be stored; Invalid at `message`."""
    return clean_paragraphs(message, field="message", limit=JoinRequest.MESSAGE_MAX)
