"""Bylines: name, function, level and body of an author, as they were when the post was written."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from forum.domain.people.capacities import Confirmable, counted
from forum.domain.themes.labels import LEVELS, WithBody, organisation
from forum.infra import days, i18n
from forum.infra.bidi import isolated
from forum.infra.i18n import _
from forum.models.accounts import Body, Capacity, Level, Member

# For queries that join Member on who spoke and Capacity (outer) on the capacity in which they did.
CAPACITY = (
    Capacity.function.label("author_function"),
    Capacity.level.label("author_level"),
    Capacity.body.label("author_body"),
    Capacity.city.label("author_city"),
    Capacity.ends_on.label("author_until"),
    Capacity.confirmed_at.label("author_confirmed_at"),
    Capacity.counts_until.label("author_counts_until"),
)
COLUMNS = (Member.name.label("author_name"), Member.handle.label("author_handle"), *CAPACITY)


@dataclass(frozen=True, slots=True)
class Byline:
    """What stands beside somebody's post. It never orders anything."""

    name: str
    handle: str = ""
    job: str = ""
    org_words: str = ""
    city: str | None = None
    former: bool = False
    guest: bool = False
    unconfirmed: bool = False  # nobody said that this person may speak for that city or body
    found: bool = False  # by the reader: the name leads to their profile

    @property
    def in_brief(self) -> str:
        """The name and for whom they speak, where their post stands beside it."""
        return ", ".join(isolated(part) for part in (self.name, self.org_words) if part)

    def in_words(self, *, name: bool = True, body: bool = True) -> str:
        """Return it as one line of text: without the `name` what they speak as; without the `body` not for whom."""
        parts = (
            self.name if name else "",
            self.job,
            self.org_words if body else "",
            _("not confirmed") if self.unconfirmed else "",
        )
        return ", ".join(isolated(part) for part in parts if part)


class CapacityColumns(NamedTuple):
    """The columns of a capacity that a byline needs."""

    function: str
    level: Level
    body: Body
    city: str | None
    ends_on: date | None
    confirmed_at: datetime | None
    counts_until: datetime | None


class SpokenAs(WithBody, Confirmable, Protocol):
    """A capacity, or those columns of it that a byline needs."""

    @property
    def function(self) -> str: ...

    @property
    def level(self) -> Level: ...

    @property
    def ends_on(self) -> date | None: ...


class _Shown(NamedTuple):
    """What a byline draws of a capacity."""

    function: str
    level: Level
    body: Body
    city: str | None
    former: bool
    unconfirmed: bool


def byline(
    name: str,
    handle: str,
    capacity: SpokenAs | None,
    today: date | None = None,
    *,
    said_at: datetime | None = None,
    found: bool = False,
) -> Byline:
    """Return the byline of a member with the capacity in which they wrote (None: they had none), at `said_at`.

    `today` is the forum's day, unless it is about what the member does now. `found`: the reader finds them.
    """
    return _byline(name, handle, _shown(capacity, today, said_at), i18n.locale(), found)


def masked(description: str) -> Byline:
    """Return the byline of somebody who may not be named: only the description that they agreed to."""
    return Byline(name=description)


def speaker(
    row: Any, today: date | None = None, *, said_at: datetime | None = None, found: bool = False
) -> Byline:
    """Return the byline of a row with COLUMNS, in the language of this moment; the rest as in `byline`."""
    shown = _shown(held(row), today, said_at)
    return _byline(row.author_name, row.author_handle, shown, i18n.locale(), found)


def held(row: Any) -> CapacityColumns | None:
    """Return the capacity of a row with CAPACITY, if there is one."""
    if row.author_function is None:
        return None
    return CapacityColumns(
        row.author_function,
        row.author_level,
        row.author_body,
        row.author_city,
        row.author_until,
        row.author_confirmed_at,
        row.author_counts_until,
    )


def _shown(capacity: SpokenAs | None, today: date | None, said_at: datetime | None) -> _Shown | None:
    if capacity is None:
        return None
    return _Shown(
        capacity.function,
        capacity.level,
        capacity.body,
        capacity.city,
        former=capacity.ends_on is not None and capacity.ends_on < (today or days.today()),
        unconfirmed=not counted(capacity, said_at),
    )


@lru_cache(maxsize=4096)
def _byline(name: str, handle: str, capacity: _Shown | None, language: str, found: bool = False) -> Byline:
    if capacity is None:
        return Byline(name=name, handle=handle, found=found)
    return Byline(
        name=name,
        handle=handle,
        job=capacity.function,
        org_words=_("%(level)s, %(body)s", level=LEVELS[capacity.level], body=organisation(capacity)),
        city=capacity.city,
        former=capacity.former,
        guest=capacity.body in {Body.ACADEMIC, Body.GOVERNMENT, Body.CITIZENS} and capacity.city is None,
        unconfirmed=capacity.unconfirmed,
        found=found,
    )
