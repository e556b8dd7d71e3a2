"""Who says something, in words: name, function, level and body, as they were at the moment of speaking."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, cast

from forum.domain.themes.labels import LEVELS, organisation
from forum.infra import clock, i18n
from forum.infra.i18n import _
from forum.models.accounts import Body, Capacity, Level, Member

# For lists. Joined by whoever asks: Member on the author, Capacity (outer) on the capacity of the post.
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
    """What stands beside somebody's words. It never orders anything."""

    name: str
    handle: str = ""
    url: str | None = None
    job: str = ""
    org_words: str = ""
    city: str | None = None
    former: bool = False
    guest: bool = False


def byline(name: str, handle: str, capacity: Capacity | None, *, today: date | None = None) -> Byline:
    """The byline of a member with the capacity in which she spoke (None: she had none)."""
    if capacity is None:
        return Byline(name=name, handle=handle)
    ended = capacity.ends_on is not None and capacity.ends_on < (today or clock.now().date())
    where = _("%(level)s, %(body)s", level=LEVELS[capacity.level], body=organisation(capacity))
    return Byline(
        name=name,
        handle=handle,
        job=capacity.function,
        org_words=where,
        city=capacity.city,
        former=ended,
        guest=capacity.body in {Body.ACADEMIC, Body.GOVERNMENT, Body.CITIZENS} and capacity.city is None,
    )


def masked(words: str) -> Byline:
    """A speaker who may not be named: only the words agreed with her."""
    return Byline(name=words)


class Spoke(NamedTuple):
    """What a byline needs to know of a capacity."""

    function: str
    level: Level
    body: Body
    city: str | None
    ends_on: date | None


def speaker(row: Any, today: date) -> Byline:
    """The byline of a row with COLUMNS, in the language of this moment."""
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
    return byline(name, handle, cast(Capacity, Spoke(function, level, body, city, until)), today=today)
