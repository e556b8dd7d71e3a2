"""Who somebody is for a reader who finds them: what they speak as, who said so, and where a guest is one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Integer, Select, String, bindparam, select

from forum.domain.people import capacities, offers
from forum.domain.people.bylines import Byline, byline
from forum.domain.people.capacities import HeldCapacity
from forum.domain.people.offers import Offer
from forum.domain.spaces import guests
from forum.infra import clock, days
from forum.infra.in_lists import in_list
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity, Confirmation, Member
from forum.models.spaces import Membership, Role, Space
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.finding import finds
from forum.policy.readers import reader_param, reader_values
from forum.policy.standing import full
from forum.policy.visibility import READER_ID, sees

HANDLE_MAX = 40


@dataclass(frozen=True, slots=True)
class SpokenAs:
    """One capacity on a profile. `by` is the name of who confirmed it, where the reader finds them."""

    capacity: Any
    state: str  # "confirmed", "unconfirmed" or "over"
    confirmation: Confirmation | None
    confirmed_at: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class GuestRole:
    """A space in which somebody is a guest, and the reader belongs to it."""

    space_name: str
    space_slug: str
    until: date | None  # the last day of that


@dataclass(slots=True)
class MemberPage:
    """Somebody, as one reader may know them."""

    id: int
    handle: str
    name: str
    byline: Byline
    city: str | None  # that what they do now lights
    is_own: bool
    left_on: date | None  # since when they speak in no capacity any more
    offer: Offer
    spoken: list[SpokenAs] = field(default_factory=list)
    guest_in: list[GuestRole] = field(default_factory=list)


def head(reader: Actor, handle: str) -> Any:
    """Return id, name and handle of somebody (one query); NotFound also for whom the reader does not find."""
    if not 0 < len(handle) <= HANDLE_MAX:
        raise NotFound
    row = select_rows(_head(), {**reader_values(reader), "handle": handle}).one_or_none()
    if row is None:
        raise NotFound
    return row


def page(reader: Actor, handle: str) -> MemberPage:
    """Return somebody's page without what they wrote (five queries at most); NotFound as in `head`."""
    found, today = head(reader, handle), days.today()
    rows = select_rows(_spoken(), {"member_id": found.id}).all()
    held = capacities.current_of([found.id]).get(found.id)
    names = _names(reader, rows)
    return MemberPage(
        id=found.id,
        handle=found.handle,
        name=found.name,
        byline=byline(found.name, found.handle, held),
        city=capacities.lit(held, clock.now()) if held else None,
        is_own=found.id == reader.id,
        left_on=_left_on(rows, held, today),
        offer=offers.of_members([found.id]).get(found.id, Offer()),
        spoken=[_shown(row, today, names) for row in rows],
        guest_in=[] if found.is_full else _guest_in(reader, found.id),
    )


def _left_on(rows: Sequence[Any], held: HeldCapacity | None, today: date) -> date | None:
    ends = [row.ends_on for row in rows if row.ends_on is not None and capacities.has_ended(row, today)]
    return max(ends) if ends and held is None and len(ends) == len(rows) else None


def _shown(row: Any, today: date, names: dict[int, str]) -> SpokenAs:
    counts = capacities.counted(row)
    state = "over" if capacities.has_ended(row, today) else "confirmed" if counts else "unconfirmed"
    by = names.get(row.confirmed_by_id, "")
    return SpokenAs(row, state, row.confirmation, row.confirmed_at, by)


def _names(reader: Actor, rows: Sequence[Any]) -> dict[int, str]:
    """The names of who confirmed, of those whom the reader finds: of others it says only what they are."""
    ids = {row.confirmed_by_id for row in rows} - {None}
    if not ids:
        return {}
    found = select_rows(_found(), {**reader_values(reader), "member_ids": list(ids)})
    return {row.id: row.name for row in found}


def _guest_in(reader: Actor, member_id: int) -> list[GuestRole]:
    rows = select_rows(_guest_roles(), {**reader_values(reader), "member_id": member_id})
    return [GuestRole(row.name, row.slug, guests.last_day(row.ends_at)) for row in rows]


@cached
def _head() -> Select[Any]:
    columns: Any = (Member.id, Member.name, Member.handle, full(Member.id).label("is_full"))
    return select(*columns).where(Member.handle == bindparam("handle", type_=String), finds(_reader_id()))


@cached
def _spoken() -> Select[Any]:
    """What a member speaks and spoke as; never what was refused."""
    names = (
        "id", "function", "level", "body", "city", "starts_on", "ends_on", "ended_by_id", "confirmed_at",
        "confirmed_by_id", "confirmation", "counts_until",
    )  # fmt: skip
    query: Any = select(*(getattr(Capacity, name) for name in names)).where(
        Capacity.member_id == bindparam("member_id", type_=Integer), Capacity.refused_at.is_(None)
    )
    newest = (Capacity.starts_on.desc(), Capacity.id.desc())
    ends = (Capacity.ends_on.is_not(None), Capacity.confirmed_at.is_(None))
    return cast(Select[Any], query.order_by(*ends, *newest))


@cached
def _found() -> Select[Any]:
    columns: Any = (Member.id, Member.name)
    return select(*columns).where(in_list(Member.id, "member_ids"), finds(_reader_id()))


@cached
def _guest_roles() -> Select[Any]:
    columns: Any = (Space.name, Space.slug, Membership.ends_at)
    return (
        select(*columns)
        .join(Membership, Membership.space_id == Space.id)
        .where(
            Membership.member_id == bindparam("member_id", type_=Integer),
            Membership.role == Role.GUEST,
            sees(Membership, reader_param(signed_in=True)),
        )
        .order_by(Space.sort_key, Space.id)
    )


def _reader_id() -> Any:
    return bindparam(READER_ID, type_=Integer)
