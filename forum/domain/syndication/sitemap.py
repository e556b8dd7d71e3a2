"""What search engines may know of: the addresses that a visitor may open, in files that do not grow with the network.

A file holds what is public among so many ids. So it is found by the key of its table, and keeps its name while other
rows become public or stop to be.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import Integer, Select, bindparam, false, func, null, select

from forum.domain.lessons import origin
from forum.domain.lessons.listed import listed
from forum.infra import days
from forum.infra.paging import LARGEST
from forum.infra.statements import cached, select_rows
from forum.models.lessons import Lesson
from forum.models.spaces import Space
from forum.models.threads import Thread
from forum.policy.errors import NotFound
from forum.policy.visibility import visible

# Ids in one file, in which the protocol allows 50,000 addresses and 50 MB.
COUNTED = 10_000
# Lessons have ids that were drawn from `rows.IDS`: eight files, each full at some 400,000 public lessons,
# with 8 MB. With as few ids as of counted ones nearly every lesson would have a file of its own.
DRAWN = 250_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """One page that anybody may open; `changed` is none where it is not known, or would lead to a masked source."""

    id: int
    name: str  # the slug of a thread or a space, the public id of a lesson
    changed: date | None


@dataclass(frozen=True, slots=True)
class _Kind:
    """A table whose public rows have pages of their own."""

    model: Any
    name: Any
    changed_at: Any
    hidden: Any  # whether that moment is kept from a visitor
    also: tuple[Any, ...] = ()
    span: int = COUNTED  # ids in one file


_KINDS = {
    "lessons": _Kind(
        Lesson, Lesson.public_id, origin.LATEST[0], origin.is_hidden(None), (listed(),), span=DRAWN
    ),
    # A thread whose opening post was taken back has no title to be found by.
    "threads": _Kind(Thread, Thread.slug, Thread.last_post_at, false(), (Thread.title != "",)),
    "spaces": _Kind(Space, Space.slug, null(), false()),
}
KINDS = tuple(_KINDS)


def files(kind: str) -> list[int]:
    """Return the numbers of the files of a kind that hold something, from 1 (one query)."""
    rows = select_rows(_firsts(kind), {})
    return [file_of(kind, row.first_id) for row in rows if row.first_id is not None]


def file_of(kind: str, row_id: int) -> int:
    """Return the number of the file in which a row of that kind stands while it is public."""
    return row_id // _KINDS[kind].span + 1


def places(kind: str, number: int) -> list[Place]:
    """Return what one file holds, by id (one query); NotFound for one that holds nothing."""
    if kind not in _KINDS:
        raise NotFound
    span = _KINDS[kind].span
    first = (number - 1) * span
    if not 0 <= first <= LARGEST:
        raise NotFound
    rows = select_rows(_places(kind), {"first": first, "last": min(first + span - 1, LARGEST)}).all()
    if not rows:
        raise NotFound
    return [Place(row.id, row.name, _day(row)) for row in rows]


def _day(row: Any) -> date | None:
    return None if row.changed_at is None or row.hidden else days.day_of(row.changed_at)


@cached
def _firsts(kind: str) -> Select[Any]:
    """The first public id of each file: each is looked up behind the file before it, so none in between is read."""
    one = _KINDS[kind]
    first = visible(one.model, None, func.min(one.model.id).label("first_id")).where(*one.also)
    found = first.cte("found", recursive=True)
    behind = (found.c.first_id // one.span + 1) * one.span
    following = (
        visible(one.model, None, func.min(one.model.id))
        .where(*one.also, one.model.id >= behind)
        .correlate(found)
        .scalar_subquery()
    )
    found = found.union_all(select(following).where(found.c.first_id.is_not(None)))
    return select(found.c.first_id).order_by(found.c.first_id)


@cached
def _places(kind: str) -> Select[Any]:
    one = _KINDS[kind]
    first, last = (bindparam(name, type_=Integer) for name in ("first", "last"))
    columns = (one.model.id, one.name.label("name"), one.changed_at.label("changed_at"))
    query: Any = visible(one.model, None, *columns, one.hidden.label("hidden"))
    return cast(Select[Any], query.where(one.model.id.between(first, last), *one.also).order_by(one.model.id))
