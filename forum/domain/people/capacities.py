"""The one rule of in which capacity a member speaks on a day, and the one of what counts that was said under it.

A capacity counts (for the ring, for what a lesson rests on, for a review) once somebody confirmed it, then also for
what was said under it before. What was said before there was confirmation keeps what it had (`Capacity.counts_until`).
A capacity of a body that is not of its city (`answering.of_a_city`) counts, and lights no city.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple, Protocol, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    case,
    exists,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from forum.domain.lines import clean_line
from forum.domain.mailing import events
from forum.domain.people import found_by
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.in_lists import in_list
from forum.infra.statements import cached
from forum.models.accounts import Body, Capacity, Confirmation, Level, Member
from forum.models.cities import BY_CODE
from forum.policy.answering import ADMINISTRATIONS, of_a_city, speaks_for_city
from forum.policy.errors import Invalid

TOLD = timedelta(days=14)  # so long a refusal stands on the home page of its member
# Of the capacities that hold on a day, somebody speaks in the last of this order: confirmed ones, then the last begun.
SPOKEN_LAST = (Capacity.confirmed_at.is_not(None), Capacity.starts_on, Capacity.id)


def holds_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Whether a member may speak in a capacity on `day`: it began by then, did not end, and nobody refused it.

    A last day that was planned is still a day of it; one that somebody ended is over from that moment.
    """
    last_day_too = and_(Capacity.ends_on == day, Capacity.ended_by_id.is_(None))
    return and_(
        Capacity.starts_on <= day,
        or_(Capacity.ends_on.is_(None), Capacity.ends_on > day, last_day_too),
        Capacity.refused_at.is_(None),
    )


def lit_city(at: Any, capacity: Any = Capacity) -> ColumnElement[str | None]:
    """The city that what was said or done at the moment `at` under a capacity, or an alias of it, lights, if any."""
    confirmed = and_(capacity.confirmed_at.is_not(None), of_a_city(capacity=capacity))
    return case((or_(confirmed, capacity.counts_until >= at), capacity.city))


class Confirmable(Protocol):
    """A capacity, or those columns of it that say whether it counts."""

    @property
    def confirmed_at(self) -> datetime | None: ...

    @property
    def counts_until(self) -> datetime | None: ...


def counted(capacity: Confirmable, at: datetime | None = None) -> bool:
    """Return whether what was said or done under a capacity at a moment counts, or without one, what is done now."""
    if capacity.confirmed_at is not None:
        return True
    return at is not None and capacity.counts_until is not None and capacity.counts_until >= at


class Placed(Confirmable, Protocol):
    """A capacity, or those columns of it that say which city it lights."""

    @property
    def body(self) -> Body: ...

    @property
    def city(self) -> str | None: ...


def lit(capacity: Placed, at: datetime) -> str | None:
    """Return the city that what was said or done at a moment under a capacity lights, if any."""
    earlier = capacity.counts_until is not None and capacity.counts_until >= at
    speaks = counted(capacity, at) and speaks_for_city(capacity.body, capacity.city)
    return capacity.city if earlier or speaks else None


class HeldCapacity(NamedTuple):
    """A capacity in which a member speaks."""

    id: int
    member_id: int
    function: str
    level: Level
    body: Body
    city: str | None
    ends_on: date | None
    confirmed_at: datetime | None
    counts_until: datetime | None


# What a query selects of a capacity, so that `held_of` reads it from its row.
HELD = tuple(getattr(Capacity, name).label(f"held_{name}") for name in HeldCapacity._fields)
_held = attrgetter(*(column.name for column in HELD))


def held_of(row: Any) -> HeldCapacity | None:
    """Return the capacity of a row with HELD; None where an outer join found none."""
    if row.held_id is None:
        return None
    return HeldCapacity._make(_held(row))


@cached
def _current_capacities() -> Select[Any]:
    query: Any = select(*(getattr(Capacity, field) for field in HeldCapacity._fields)).where(
        in_list(Capacity.member_id, "member_ids"),
        holds_on(bindparam("day", type_=Date)),
    )
    return cast(Select[Any], query.order_by(*SPOKEN_LAST))


def current_of(member_ids: Iterable[int], day: date | None = None) -> dict[int, HeldCapacity]:
    """Return the capacity in which each member speaks on `day` (today), by `SPOKEN_LAST`; never a refused one."""
    values = {"member_ids": list(member_ids), "day": day or days.today()}
    held = (HeldCapacity(*row) for row in db.session.execute(_current_capacities(), values))
    return {capacity.member_id: capacity for capacity in held}


def spoken_in(member_id: Any, day: date | BindParameter[date]) -> Any:
    """Return the id of the capacity in which a member speaks on `day`, as `current` finds it, for queries.

    `member_id` is a parameter, or `Member.id` of the query around it.
    """
    query = select(Capacity.id).where(Capacity.member_id == member_id, holds_on(day)).correlate(Member)
    return query.order_by(*(column.desc() for column in SPOKEN_LAST)).limit(1).scalar_subquery()


def current(member_id: int, day: date | None = None) -> HeldCapacity | None:
    """Return the capacity in which one member speaks on `day` (today), if any."""
    return current_of([member_id], day).get(member_id)


def speaks_today() -> ColumnElement[bool]:
    """Whether a member speaks for a city today in a capacity that somebody confirmed."""
    return and_(of_a_city(), Capacity.confirmed_at.is_not(None), holds_on(days.today()))


def clean_function(function: str) -> str:
    """Return what somebody does, fit to be stored; Invalid at `function`."""
    return clean_line(
        function,
        field="function",
        limit=Capacity.FUNCTION_MAX,
        missing=_("Say what you do, in a word or two."),
    )


def check_city(city: str | None, body: Body | None = None) -> None:
    """Do nothing for a city of the network, or for none, which an administration does not go without.

    Invalid at `city`.
    """
    if city is not None and city not in BY_CODE:
        raise Invalid("city", _("Choose a city of the network."))
    if city is None and body in ADMINISTRATIONS:
        raise Invalid("city", _("Choose the city that this organisation belongs to."))


def add(
    member_id: int,
    *,
    function: str,
    level: Level,
    body: Body,
    city: str | None,
    starts_on: date,
    ends_on: date | None = None,
    confirmation: Confirmation | None = None,
    confirmed_by_id: int | None = None,
) -> Capacity:
    """Give a member a capacity; earlier posts keep theirs. Invalid at `function`, `city` or `ends_on`.

    It waits until somebody confirms it, unless `confirmation` says who did.
    """
    function = clean_function(function)
    check_city(city)
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_on", _("The end has to come after the beginning."))
    capacity = Capacity(
        member_id=member_id,
        function=function,
        level=Level(level),
        body=Body(body),
        city=city,
        starts_on=starts_on,
        ends_on=ends_on,
        added_at=clock.now(),
        confirmation=confirmation,
        confirmed_at=clock.now() if confirmation else None,
        confirmed_by_id=confirmed_by_id,
    )
    db.session.add(capacity)
    found_by.keep_function(capacity)
    return capacity


def waits(day: date | BindParameter[date] | None = None) -> ColumnElement[bool]:
    """Whether a capacity that holds on `day`, or today, waits for somebody who confirms or refuses it."""
    return and_(Capacity.confirmed_at.is_(None), holds_on(days.today() if day is None else day))


def refused_after(moment: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Whether a capacity was refused after a moment, and its member added none since that could stand for it."""
    later = aliased(Capacity)
    added = exists().where(later.member_id == Capacity.member_id, later.added_at > Capacity.refused_at)
    return and_(Capacity.refused_at > moment, not_(added.correlate(Capacity)))


def confirm(
    capacity: Capacity,
    confirmation: Confirmation,
    *,
    by_id: int | None,
    told_at: datetime | None = None,
    act_id: int | None = None,
) -> None:
    """Let a capacity count from now on, also for what was said under it before (system verb).

    `told_at`: its member hears of it with what somebody else did at that moment, and gets no letter about it.
    `act_id`: they hear of it once that act can no longer be undone.
    """
    confirm_all([capacity], confirmation, by_id=by_id, told_at=told_at, act_id=act_id)


def confirm_all(
    held: Sequence[Capacity],
    confirmation: Confirmation,
    *,
    by_id: int | None,
    told_at: datetime | None = None,
    act_id: int | None = None,
) -> None:
    """Let several capacities count from now on, as `confirm` does; they are locked by the caller.

    All at once: the flush locks the lessons of their reports by id, and a second one could lock an earlier lesson.
    """
    for capacity in held:
        capacity.confirmed_at, capacity.confirmation = told_at or clock.now(), confirmation
        capacity.confirmed_by_id = by_id
    db.session.flush()
    for capacity in held:
        about = {"capacity_id": capacity.id, "is_told": told_at is not None}
        events.record("capacity.confirmed", **about, **({"act_id": act_id} if act_id is not None else {}))


def end(capacity: Capacity, *, by_id: int, day: date | None = None) -> None:
    """End a capacity from this moment: nothing is said or done in it any more, what was keeps it.

    `day` is the day of whoever ends it, where that is not the forum's.
    """
    # The earlier of both days, so that it holds on neither.
    last = min(day or days.today(), days.today())
    capacity.ends_on, capacity.ended_by_id = max(last, capacity.starts_on), by_id
    db.session.flush()


def has_ended(capacity: Capacity, day: date) -> bool:
    """Return whether a capacity is over on `day`: somebody ended it, or its last day is past."""
    return capacity.ends_on is not None and (capacity.ended_by_id is not None or capacity.ends_on < day)
