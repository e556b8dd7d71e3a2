"""Bylines for lists: the columns that a query must bring, and the byline made of them, once for each speaker."""

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, cast

from forum.domain.people.bylines import Byline, byline
from forum.infra import i18n
from forum.models.accounts import Body, Capacity, Level, Member

# Joined by whoever asks: Member on the author, Capacity (outer) on the capacity of the post.
COLUMNS = (
    Member.name.label("author_name"),
    Member.handle.label("author_handle"),
    Capacity.function.label("author_function"),
    Capacity.level.label("author_level"),
    Capacity.body.label("author_body"),
    Capacity.city.label("author_city"),
    Capacity.ends_on.label("author_until"),
)


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
