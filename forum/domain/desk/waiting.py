"""What waits for a moderator, of all queues at once: a page of it, how much of each kind, one item, and the number."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, Subquery, and_, case, func, literal, or_, select, union_all

from forum.domain.desk.queues.registry import BY_NAME, QUEUES
from forum.infra import clock, days
from forum.infra.db import Moment, db
from forum.infra.paging import LARGEST
from forum.models.accounts import Member
from forum.models.desk import DeskTaking
from forum.models.spaces import Space
from forum.policy.actors import Actor

AT_ONCE = 20
MOST = 100  # more than these are not counted for the number in the header
SEPARATOR = "~"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits: why it is there, its words, since when, until when, and who has it in hand."""

    kind: str
    item_id: int
    space_id: int
    space: str
    slug: str
    due_at: datetime
    since_at: datetime
    thread_id: int | None
    post_number: int | None
    title: str
    who: str
    words: str
    taker_id: int | None
    taker: str
    taken_at: datetime | None

    @property
    def key(self) -> str:
        """What names it in an address and in a form."""
        return f"{self.kind}-{self.item_id}"

    @property
    def is_late(self) -> bool:
        """Whether what was promised is broken."""
        return self.due_at < clock.now()

    @property
    def last_day(self) -> date:
        """The last day on which the promise is kept."""
        return days.day_of(self.due_at - timedelta(microseconds=1))

    @property
    def is_due(self) -> bool:
        """Whether it is for today, or late."""
        return self.due_at <= days.end_of(days.today())


@dataclass(frozen=True, slots=True)
class Count:
    """How many things of one kind wait, and how many of them are due today or late."""

    kind: str
    number: int
    due: int


def everything(actor: Actor, space_ids: Collection[int], kind: str | None = None) -> Subquery:
    """Return the query of what waits in these spaces, of one kind if given: built once for all that is asked of it."""
    chosen = [BY_NAME[kind]] if kind is not None else QUEUES
    ids = sorted(space_ids)
    return union_all(*(queue.waiting(actor, ids) for queue in chosen)).subquery("waiting")


def page(
    found: Subquery, *, kind: str | None = None, after: str | None = None
) -> tuple[list[Item], str | None]:
    """Return the items of a page, the oldest promise first, and where the next page begins (one query)."""
    query = _items(found)
    if kind is not None:
        query = query.where(found.c.kind == kind)
    position = _read(after)
    if position is not None:
        query = query.where(_beyond(found.c, *position))
    order = (found.c.due_at, found.c.kind, found.c.item_id)
    rows = db.session.execute(query.order_by(*order).limit(AT_ONCE + 1)).all()
    items = [Item(*row) for row in rows[:AT_ONCE]]
    return items, cursor_of(items[-1]) if len(rows) > AT_ONCE else None


def counts(found: Subquery) -> dict[str, Count]:
    """Return how much of each kind waits, by its name (one query)."""
    is_due = case((found.c.due_at <= literal(days.end_of(days.today()), Moment), 1), else_=0)
    rows = db.session.execute(
        select(found.c.kind, func.count(), func.sum(is_due)).group_by(found.c.kind)
    ).all()
    return {row[0]: Count(row[0], row[1], int(row[2])) for row in rows}


def one(actor: Actor, space_ids: Collection[int], key: str) -> Item | None:
    """Return the item with that key; None where it does not wait for the actor (one query)."""
    kind, item_id = named(key)
    if kind is None:
        return None
    found = everything(actor, space_ids, kind)
    row = db.session.execute(_items(found).where(found.c.item_id == item_id)).first()
    return Item(*row) if row is not None else None


def number(actor: Actor, space_ids: Collection[int]) -> int:
    """Return how many things wait, MOST at most (one query)."""
    return at_most(everything(actor, space_ids)) if space_ids else 0


def at_most(found: Subquery) -> int:
    """Return how many things such a query finds, MOST at most (one query)."""
    first = select(found.c.item_id).limit(MOST).subquery()
    return db.session.scalar(select(func.count()).select_from(first)) or 0


def named(key: str) -> tuple[str | None, int]:
    """Return the kind and the id that a key says; no kind for any other text."""
    kind, _, digits = key.rpartition("-")
    if kind not in BY_NAME or not (digits.isascii() and digits.isdecimal() and len(digits) <= 10):
        return None, 0
    return (kind, int(digits)) if 0 < int(digits) <= LARGEST else (None, 0)


def cursor_of(item: Item) -> str:
    """Return the cursor of the page after an item."""
    return SEPARATOR.join((item.due_at.isoformat(), item.kind, str(item.item_id)))


def _items(found: Any) -> Any:
    columns = found.c
    taken = and_(
        DeskTaking.kind == columns.kind, DeskTaking.item_id == columns.item_id, DeskTaking.ended_at.is_(None)
    )
    return (
        select(
            columns.kind,
            columns.item_id,
            columns.space_id,
            Space.name,
            Space.slug,
            columns.due_at,
            columns.since_at,
            columns.thread_id,
            columns.post_number,
            columns.title,
            columns.who,
            columns.words,
            DeskTaking.member_id,
            func.coalesce(Member.name, ""),
            DeskTaking.taken_at,
        )
        .join(Space, Space.id == columns.space_id)
        .outerjoin(DeskTaking, taken)
        .outerjoin(Member, Member.id == DeskTaking.member_id)
    )


def _beyond(columns: Any, due_at: datetime, kind: str, item_id: int) -> ColumnElement[bool]:
    at, name = literal(due_at, Moment), literal(kind, String)
    same = columns.due_at == at
    return or_(
        columns.due_at > at,
        and_(same, columns.kind > name),
        and_(same, columns.kind == name, columns.item_id > item_id),
    )


def _read(cursor: str | None) -> tuple[datetime, str, int] | None:
    """What a cursor of ours says; None for any other text, which means the first page."""
    moment, _, key = (cursor or "").partition(SEPARATOR)
    kind, item_id = named(key.replace(SEPARATOR, "-"))
    try:
        at = datetime.fromisoformat(moment)
        at.astimezone(days.zone_of("UTC"))
    except (ValueError, OverflowError):
        return None
    return (at, kind, item_id) if kind is not None and at.tzinfo is not None else None
