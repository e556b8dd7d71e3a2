"""What the page of hand-overs shows: what is offered to a moderator, what they hold, and what others left behind.

What is offered to the reader comes first, then in the order of the kinds; MOST on a page, and the next begins after it.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, not_, or_, select, tuple_
from sqlalchemy.orm import aliased

from forum.domain.handovers import open_offers
from forum.domain.handovers.kind import Item
from forum.domain.handovers.kinds import KINDS, held
from forum.domain.people import found_by
from forum.infra import clock
from forum.infra.db import db
from forum.infra.paging import LARGEST, Page
from forum.models.accounts import Member
from forum.models.handovers import HandOver
from forum.models.spaces import Membership, Role, Space
from forum.policy.actions import YES, Answer
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.standing import belonging, in_good_standing
from forum.policy.visibility import visible

MOST = 100  # items on a page; one offer takes as many
MOST_SUCCESSORS = 50  # of one space; others are found by name
MOST_NAMES = 20  # of who holds something in a space
CURSOR, MOST_DIGITS = re.compile(r"[01]\.\d+\.\d+\.\d+", re.ASCII), 40
_SUCCESSOR = aliased(Member)


@dataclass(frozen=True, slots=True)
class Holding:
    """One item: who holds it, and to whom it is offered since when, if it is."""

    kind: str
    item_id: int
    item: Item
    holder: str
    offer_id: int | None = None
    successor: str = ""
    offered_at: datetime | None = None
    may: Answer = YES  # take it: of what is offered to the reader


@dataclass(slots=True)
class SpaceHoldings:
    """One space that the reader moderates, with those who can take over there."""

    id: int
    slug: str
    name: str
    offered: list[Holding] = field(default_factory=list)  # to the reader
    own: list[Holding] = field(default_factory=list)
    left: list[Holding] = field(default_factory=list)  # by who no longer moderates it
    successors: list[tuple[int, str]] = field(default_factory=list)  # ids and names, without the reader
    more_successors: int = 0  # whom the list leaves out: found by name

    @property
    def is_empty(self) -> bool:
        """Whether nothing of this space is on the page."""
        return not (self.offered or self.own or self.left)


def page(actor: Actor, *, cursor: str | None = None, name: str = "") -> Page[SpaceHoldings]:
    """Return the spaces that the actor moderates, by name; a fixed number of queries, however much there is.

    All of them where everything fits on one page, else those of which something is on it. `name`: of successors.
    """
    space_ids = moderated(actor)
    if not space_ids:
        return Page()
    query = visible(Space, actor).where(Space.id.in_(space_ids)).order_by(Space.sort_key, Space.id)
    spaces = {one.id: SpaceHoldings(one.id, one.slug, one.name) for one in db.session.scalars(query)}
    found = db.session.execute(_rows(actor, space_ids, _position(cursor))).all()
    rows, following = found[:MOST], _cursor_of(found[MOST - 1]) if len(found) > MOST else None
    _fill(actor, spaces, rows)
    shown = [one for one in spaces.values() if not (one.is_empty and (cursor or following))]
    by_id = {one.id: one for one in shown if not one.is_empty}
    words = found_by.asked(name)
    for row in db.session.execute(_successors(actor, by_id.keys(), words), found_by.values_of(words)):
        by_id[row.space_id].successors.append((row.id, row.name))
        by_id[row.space_id].more_successors = max(0, row.of_all - MOST_SUCCESSORS)
    return Page(shown, following)


def _fill(actor: Actor, spaces: Mapping[int, SpaceHoldings], rows: Sequence[Any]) -> None:
    """Put what the actor may see of these rows into its space."""
    seen, answers = _seen(actor, rows), _answers(actor, [row for row in rows if row.is_mine])
    for row in rows:
        item = seen.get((row.kind, row.item_id))
        if item is None or row.space_id not in spaces:
            continue
        space = spaces[row.space_id]
        if row.is_mine:
            space.offered.append(_holding(row, item, answers[row.kind, row.item_id]))
        if row.holder_id == actor.id:
            space.own.append(_holding(row, item))
        elif row.is_left and not row.is_mine:
            space.left.append(_holding(row, item))


def counts(space_id: int) -> tuple[list[tuple[str, int]], int]:
    """Return who holds something in a space in their own name and how much, by their names (system read, one query).

    And how many people are left out after the first MOST_NAMES. For its moderators, who know of it: without what others
    are asked to check.
    """
    found = held(clock.now())
    known = [kind.name for kind in KINDS.values() if kind.known_inside]
    rows = db.session.execute(
        select(Member.name, func.count(), func.count().over())
        .join(found, found.c.holder_id == Member.id)
        .where(found.c.space_id == space_id, found.c.kind.in_(known))
        .group_by(Member.id, Member.name, Member.sort_key)
        .order_by(Member.sort_key, Member.id)
        .limit(MOST_NAMES)
    ).all()
    return [(row[0], row[1]) for row in rows], rows[0][2] - len(rows) if rows else 0


def left_by(member_id: int) -> set[int]:
    """Return the spaces in which a member left something behind (system read, one query)."""
    found = held(clock.now())
    query = select(found.c.space_id).where(
        found.c.holder_id == member_id, not_(open_offers.moderates(found.c.holder_id, found.c.space_id))
    )
    return set(db.session.scalars(query))


Position = tuple[int, int, int, int]  # of a row: whether it is offered to others, its kind, its ids


def _rows(actor: Actor, space_ids: Sequence[int], after: Position | None) -> Select[*tuple[Any, ...]]:
    found = held(clock.now())
    is_left = not_(open_offers.moderates(found.c.holder_id, found.c.space_id))
    is_mine = and_(HandOver.id.is_not(None), HandOver.successor_id == actor.id)
    keys = (case((is_mine, 0), else_=1), found.c.kind_order, found.c.item_id, found.c.space_id)
    query = (
        select(
            found,
            Member.name.label("holder"),
            HandOver.id.label("offer_id"),
            HandOver.offered_at,
            _SUCCESSOR.name.label("successor"),
            is_mine.label("is_mine"),
            is_left.label("is_left"),
        )
        .join(Member, Member.id == found.c.holder_id)
        .outerjoin(HandOver, open_offers.offer_of(found))
        .outerjoin(_SUCCESSOR, _SUCCESSOR.id == HandOver.successor_id)
        .where(
            found.c.space_id.in_(space_ids),
            or_(found.c.holder_id == actor.id, HandOver.successor_id == actor.id, is_left),
        )
        .order_by(*keys)
        .limit(MOST + 1)
    )
    return query if after is None else query.where(tuple_(*keys) > after)


def _cursor_of(row: Any) -> str:
    position: Position = (0 if row.is_mine else 1, row.kind_order, row.item_id, row.space_id)
    return ".".join(str(number) for number in position)


def _position(cursor: str | None) -> Position | None:
    """Where a page begins; None, at the beginning, for a cursor that is not ours."""
    if not cursor or len(cursor) > MOST_DIGITS or not CURSOR.fullmatch(cursor):
        return None
    other, order, item_id, space_id = (min(int(number), LARGEST) for number in cursor.split("."))
    return other, order, item_id, space_id


def _seen(actor: Actor, rows: Sequence[Any]) -> dict[tuple[str, int], Item]:
    return {
        (kind.name, item_id): item
        for kind in KINDS.values()
        if (ids := _ids(rows, kind.name))
        for item_id, item in kind.seen(actor, ids).items()
    }


def _answers(actor: Actor, rows: Sequence[Any]) -> dict[tuple[str, int], Answer]:
    return {
        (kind.name, item_id): answer
        for kind in KINDS.values()
        if (ids := _ids(rows, kind.name))
        for item_id, answer in kind.answers(actor, ids).items()
    }


def _ids(rows: Iterable[Any], kind: str) -> set[int]:
    return {row.item_id for row in rows if row.kind == kind}


def _holding(row: Any, item: Item, may: Answer = YES) -> Holding:
    return Holding(
        kind=row.kind,
        item_id=row.item_id,
        item=item,
        holder=row.holder,
        offer_id=row.offer_id,
        successor=row.successor or "",
        offered_at=row.offered_at,
        may=may,
    )


def _successors(actor: Actor, space_ids: Collection[int], words: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Of each space the first moderators by name, without the actor, and how many there are (`of_all`)."""
    space_id = Membership.space_id
    of_each = (
        select(
            Membership.space_id,
            Member.id,
            Member.name,
            func.row_number()
            .over(partition_by=space_id, order_by=(Member.sort_key, Member.id))
            .label("number"),
            func.count().over(partition_by=space_id).label("of_all"),
        )
        .join(Member, Member.id == Membership.member_id)
        .where(
            Membership.space_id.in_(space_ids),
            Membership.role == Role.MODERATOR,
            belonging(Membership),
            in_good_standing(Member),
            Member.id != actor.id,
            *(found_by.is_called(number) for number in range(len(words))),
        )
        .subquery()
    )
    return select(of_each).where(of_each.c.number <= MOST_SUCCESSORS).order_by(of_each.c.number)
