"""The people of a space, for those who belong to it: found by name, role and city, and where else they are met.

A name is looked up by the beginnings of its words, as in the directory; the first MOST whom it fits are listed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, Select, String, and_, bindparam, case, exists, select
from sqlalchemy.orm import aliased

from forum.domain.lines import too_long
from forum.domain.people import capacities, found_by
from forum.domain.people.bylines import Byline, byline
from forum.domain.people.capacities import HeldCapacity
from forum.domain.people.directory import LONGEST
from forum.domain.spaces import deputies, guests
from forum.infra import days, text
from forum.infra.i18n import _
from forum.infra.in_lists import in_list
from forum.infra.paging import Page, keyset
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity, Member
from forum.models.cities import BY_CODE
from forum.models.profiles import MemberWord, WordSource
from forum.models.spaces import Membership, Role, Space, SpaceKind
from forum.policy.actions import deny, require
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.finding import finds
from forum.policy.readers import reader_param, reader_values
from forum.policy.standing import in_good_standing
from forum.policy.visibility import get_visible, visible

MOST = 1_500
_HERE = aliased(Space)  # created once because aliased() is slow
COLUMNS = (
    Membership.id,
    Membership.since_at,
    Membership.role,
    Membership.ends_at,
    Membership.member_id,
    Member.name,
    Member.handle,
    case(
        (
            Membership.role == Role.MODERATOR,
            ~deputies.another_moderates(Membership.space_id, Membership.member_id),
        ),
        else_=False,
    ).label("is_alone"),
)


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom somebody looks for in a space; what is empty narrows nothing."""

    name: str = ""
    role: Role | None = None
    city: str = ""  # for which they speak today, in any capacity

    @classmethod
    def of(cls, name: str, role: str, city: str) -> "Sought":
        """Return what an address looks for; a role or city that is not known is left out."""
        known = Role(role) if role in set(Role) else None
        return cls(text.one_line(name), known, city if city in BY_CODE else "")

    @property
    def values(self) -> dict[str, str]:
        """What is looked for, by the names that an address has for it."""
        found = {"name": self.name, "role": self.role.value if self.role else "", "city": self.city}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Place:
    """A space, as a link says it."""

    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody who belongs to a space, as others who belong to it see them."""

    member_id: int
    name: str
    role: Role
    since_at: datetime
    byline: Byline
    until: date | None = None  # the last day of a guest
    also_in: Sequence[Place] = ()
    held: Sequence[HeldCapacity] = ()  # what they speak as today, that of the byline last
    is_alone: bool = False  # the only moderator


@dataclass(slots=True)
class Known:
    """What is known of a member beside a list: capacities by id, that of the byline last, and spaces by address."""

    held: dict[int, HeldCapacity] = field(default_factory=dict)
    also_in: dict[str, Place] = field(default_factory=dict)


EVERYBODY = Sought()


def members(
    reader: Actor | None,
    space_id: int,
    sought: Sought = EVERYBODY,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[MemberRow]:
    """Return who belongs to a space and is sought, the newest first (two queries).

    In a city's space each comes with the other spaces in which the reader meets them.
    NotFound, Forbidden for who does not belong, Invalid at `name`.
    """
    if reader is None or space_id not in reader.roles:  # whoever belongs sees it
        get_visible(Space, reader, space_id)
        require(deny(_("Only people who belong to this space see who else does.")))
    words = _words(sought.name)
    values: dict[str, Any] = {**reader_values(reader), "space_id": space_id, **found_by.values_of(words)}
    if sought.city:
        values |= {"city": sought.city, "day": days.today()}
    keys = (Membership.since_at, Membership.id)
    query = _people(len(words), sought.role, bool(sought.city))
    rows, following = keyset(query, keys=keys, cursor=cursor, limit=limit, values=values)
    known = about(reader, space_id, [row.member_id for row in rows])
    return Page([_shown(row, known[row.member_id]) for row in rows], following)


def about(reader: Actor | None, space_id: int, member_ids: Collection[int]) -> dict[int, Known]:
    """Return what these members speak as today and, of a city, in which other spaces they are, by name (one query).

    Of those spaces as far as the reader sees who belongs there: an unlisted space is named to nobody else.
    """
    found = {member_id: Known() for member_id in member_ids}
    if reader is not None and found:
        values = {
            **reader_values(reader),
            "space_id": space_id,
            "member_ids": list(found),
            "day": days.today(),
        }
        for row in select_rows(_about(), values):
            held, known = capacities.held_of(row), found[row.member_id]
            if held is not None:
                known.held[held.id] = held
            if row.slug is not None:
                known.also_in[row.slug] = Place(row.name, row.slug)
    return found


def _words(name: str) -> list[str]:
    words = found_by.asked(name)
    if name and not words:
        raise Invalid("name", _("Type at least two characters of a name."))
    if len(name) > LONGEST:
        raise Invalid("name", too_long(len(name), LONGEST))
    return words


def _shown(row: Any, known: Known) -> MemberRow:
    held = tuple(known.held.values())
    return MemberRow(
        row.member_id,
        row.name,
        row.role,
        row.since_at,
        byline(row.name, row.handle, held[-1] if held else None, found=True),
        guests.last_day(row.ends_at),
        tuple(known.also_in.values()),
        held,
        bool(row.is_alone),
    )


@cached
def _people(count: int, role: Role | None, has_city: bool) -> Select[Any]:
    """The people of a space, with so many words of a name."""
    if not count:
        return _fitting(COLUMNS, count, role, has_city)
    # The words come first, and each of their people is looked up in the space, whatever a database knows of its rows.
    named = select(MemberWord.member_id).where(
        MemberWord.source == WordSource.NAME, found_by.begins_as(MemberWord, 0)
    )
    found = (
        _fitting((Membership.id,), count, role, has_city)
        .where(Membership.member_id.in_(named))
        .order_by(Membership.member_id)
        .limit(MOST)
        .subquery()
    )
    query = visible(Membership, reader_param(signed_in=True), *COLUMNS)
    return query.join(Member, Member.id == Membership.member_id).join(found, found.c.id == Membership.id)


def _fitting(columns: tuple[Any, ...], count: int, role: Role | None, has_city: bool) -> Select[Any]:
    """The people of a space but for the first word of a name."""
    reader: Any = reader_param(signed_in=True)
    query = (
        visible(Membership, reader, *columns)
        .join(Member, Member.id == Membership.member_id)
        .where(Membership.space_id == bindparam("space_id", type_=Integer))
    )
    if role is not None:
        query = query.where(Membership.role == role)
    if has_city:
        holds = capacities.holds_on(bindparam("day", type_=Date))
        of_city = Capacity.city == bindparam("city", type_=String)
        query = query.where(exists().where(Capacity.member_id == Member.id, of_city, holds).correlate(Member))
    for number in range(1, count):
        query = query.where(found_by.is_called(number))
    # Last: it costs the most of each row.
    return query.where(finds(reader.id))


@cached
def _about() -> Select[Any]:
    """Each member with each capacity of today and each other space: of both there are few."""
    here: Any = bindparam("space_id", type_=Integer)
    of_city = exists().where(_HERE.id == here, _HERE.kind == SpaceKind.CITY)
    columns: Any = (Membership.member_id, Space.name, Space.slug, Space.sort_key, Space.id.label("space_id"))
    places = (
        visible(Membership, reader_param(signed_in=True), *columns)
        .join(Space, Space.id == Membership.space_id)
        .where(in_list(Membership.member_id, "member_ids"), Membership.space_id != here, of_city)
        .subquery()
    )
    holds = capacities.holds_on(bindparam("day", type_=Date))
    return (
        select(Member.id.label("member_id"), *capacities.HELD, places.c.name, places.c.slug)
        .outerjoin(Capacity, and_(Capacity.member_id == Member.id, holds))
        .outerjoin(places, places.c.member_id == Member.id)
        .where(in_list(Member.id, "member_ids"), in_good_standing(Member))
        .order_by(*capacities.SPOKEN_LAST, places.c.sort_key, places.c.space_id)
    )
