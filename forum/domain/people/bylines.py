"""Bylines: name, function, level and body of an author, as they were when the post was written."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, cast

from forum.domain.themes.labels import LEVELS, organisation
from forum.infra import clock, i18n
from forum.infra.i18n import _
from forum.models.accounts import Body, Capacity, Level, Member

# For lists. The query joins Member on the author and Capacity (outer) on the capacity of the post.
COLUMNS = (
    Member.name.label("author_name"),
    Member.handle.label("author_handle"),
    Capacity.function.label("author_function"),
    Capacity.level.label("author_level"),
    Capacity.body.label("author_body"),
    Capacity.city.label("author_city"),
    Capacity.ends_on.label("author_until"),
)


@dataclass(frozen=True, slots=True)
class Byline:
    """What stands beside somebody's post. It never orders anything."""

    name: str
    handle: str = ""
    url: str | None = None
    job: str = ""
    org_words: str = ""
    city: str | None = None
    former: bool = False
    guest: bool = False


def byline(name: str, handle: str, capacity: Capacity | None, *, today: date | None = None) -> Byline:
    """Return the byline of a member with the capacity in which they wrote (None: they had none)."""
    if capacity is None:
        return Byline(name=name, handle=handle)
    ended = capacity.ends_on is not None and capacity.ends_on < (today or clock.now().date())
    level_and_body = _("%(level)s, %(body)s", level=LEVELS[capacity.level], body=organisation(capacity))
    return Byline(
        name=name,
        handle=handle,
        job=capacity.function,
        org_words=level_and_body,
        city=capacity.city,
        former=ended,
        guest=capacity.body in {Body.ACADEMIC, Body.GOVERNMENT, Body.CITIZENS} and capacity.city is None,
    )


def masked(description: str) -> Byline:
    """Return the byline of somebody who may not be named: only the description that they agreed to."""
    return Byline(name=description)


class CapacityColumns(NamedTuple):
    """The columns of a capacity that a byline needs."""

    function: str
    level: Level
    body: Body
    city: str | None
    ends_on: date | None


def speaker(row: Any, today: date) -> Byline:
    """Return the byline of a row with COLUMNS, in the language of this moment."""
    return _speaker(
        row.author_name,
        row.author_handle,
        row.author_function,
        row.author_level,
        row.author_body,
        row.author_city,
        row.author_until,
        today,
        i18n.locale(),
    )


@lru_cache(maxsize=4096)
def _speaker(
    name: str,
    handle: str,
    function: str | None,
    level: Level | None,
    body: Body | None,
    city: str | None,
    until: date | None,
    today: date,
    language: str,
) -> Byline:
    if function is None or level is None or body is None:
        return byline(name, handle, None)
    return byline(
        name, handle, cast(Capacity, CapacityColumns(function, level, body, city, until)), today=today
    )
