"""What the page of hand-overs shows: what is offered to a moderator, what they hold, and what others left behind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Label, Select, func, not_, or_, select
from sqlalchemy.orm import aliased

from forum.domain.handovers import standing
from forum.domain.handovers.kind import Piece
from forum.domain.handovers.kinds import KINDS, held
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.handovers import HandOver
from forum.models.spaces import Membership, Role, Space
from forum.policy.actions import YES, Answer
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.standing import belonging, in_good_standing
from forum.policy.visibility import visible

MOST = 200  # pieces on the page, and moderators of one's spaces
_SUCCESSOR = aliased(Member)


@dataclass(frozen=True, slots=True)
class Holding:
    """One piece: who holds it, and to whom it is offered since when, if it is."""

    kind: str
    piece_id: int
    piece: Piece
    holder: str
    offer_id: int | None = None
    successor: str = ""
    offered_at: datetime | None = None
    may: Answer = YES  # take it: of what is offered to the reader


@dataclass(frozen=True, slots=True)
class SpaceHoldings:
    """One space that the reader moderates, with those who can take over there."""

    id: int
    slug: str
    name: str
    offered: list[Holding] = field(default_factory=list)  # to the reader
    own: list[Holding] = field(default_factory=list)
    left: list[Holding] = field(default_factory=list)  # by who no longer moderates it
    successors: list[tuple[int, str]] = field(default_factory=list)  # ids and names, without the reader
    is_cut: bool = False  # there is more than the page shows: what is offered to the reader comes first


def page(actor: Actor) -> list[SpaceHoldings]:
    """Return each space that the actor moderates, by name; a fixed number of queries, however much there is."""
    space_ids = moderated(actor)
    if not space_ids:
        return []
    query = visible(Space, actor).where(Space.id.in_(space_ids)).order_by(Space.sort_key, Space.id)
    rows = db.session.execute(_rows(actor, space_ids)).all()
    is_cut, rows = len(rows) > MOST, rows[:MOST]
    spaces = {
        one.id: SpaceHoldings(one.id, one.slug, one.name, is_cut=is_cut) for one in db.session.scalars(query)
    }
    seen, answers = _seen(actor, rows), _answers(actor, [row for row in rows if row.is_mine])
    for row in rows:
        piece = seen.get((row.kind, row.piece_id))
        if piece is None or row.space_id not in spaces:
            continue
        space = spaces[row.space_id]
        if row.is_mine:
            space.offered.append(_holding(row, piece, answers[row.kind, row.piece_id]))
        if row.holder_id == actor.id:
            space.own.append(_holding(row, piece))
        elif row.is_left and not row.is_mine:
            space.left.append(_holding(row, piece))
    for space_id, member_id, name in db.session.execute(_moderators(actor, space_ids)):
        spaces[space_id].successors.append((member_id, name))
    return list(spaces.values())


def counts(space_id: int) -> list[tuple[str, int]]:
    """Return who holds something in a space in their own name and how much, by their names (system read, one query).

    For its moderators, who know of it: without what others are asked to check.
    """
    found = held(clock.now())
    known = [kind.name for kind in KINDS.values() if kind.known_inside]
    rows = db.session.execute(
        select(Member.name, func.count())
        .join(found, found.c.holder_id == Member.id)
        .where(found.c.space_id == space_id, found.c.kind.in_(known))
        .group_by(Member.id, Member.name, Member.sort_key)
        .order_by(Member.sort_key, Member.id)
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in rows]


def left_by(member_id: int) -> set[int]:
    """Return the spaces in which a member left something behind (system read, one query)."""
    found = held(clock.now())
    query = select(found.c.space_id).where(
        found.c.holder_id == member_id, not_(standing.looks_after(found.c.holder_id, found.c.space_id))
    )
    return set(db.session.scalars(query))


def _rows(actor: Actor, space_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    found = held(clock.now())
    is_left = not_(standing.looks_after(found.c.holder_id, found.c.space_id))
    is_mine: Label[bool] = (HandOver.id.is_not(None) & (HandOver.successor_id == actor.id)).label("is_mine")
    return (
        select(
            found,
            Member.name.label("holder"),
            HandOver.id.label("offer_id"),
            HandOver.offered_at,
            _SUCCESSOR.name.label("successor"),
            is_mine,
            is_left.label("is_left"),
        )
        .join(Member, Member.id == found.c.holder_id)
        .outerjoin(HandOver, standing.offer_of(found))
        .outerjoin(_SUCCESSOR, _SUCCESSOR.id == HandOver.successor_id)
        .where(
            found.c.space_id.in_(space_ids),
            or_(found.c.holder_id == actor.id, HandOver.successor_id == actor.id, is_left),
        )
        .order_by(is_mine.desc(), found.c.kind.desc(), found.c.piece_id)
        .limit(MOST + 1)
    )


def _seen(actor: Actor, rows: Sequence[Any]) -> dict[tuple[str, int], Piece]:
    return {
        (kind.name, piece_id): piece
        for kind in KINDS.values()
        if (ids := _ids(rows, kind.name))
        for piece_id, piece in kind.seen(actor, ids).items()
    }


def _answers(actor: Actor, rows: Sequence[Any]) -> dict[tuple[str, int], Answer]:
    return {
        (kind.name, piece_id): answer
        for kind in KINDS.values()
        if (ids := _ids(rows, kind.name))
        for piece_id, answer in kind.answers(actor, ids).items()
    }


def _ids(rows: Iterable[Any], kind: str) -> set[int]:
    return {row.piece_id for row in rows if row.kind == kind}


def _holding(row: Any, piece: Piece, may: Answer = YES) -> Holding:
    return Holding(
        kind=row.kind,
        piece_id=row.piece_id,
        piece=piece,
        holder=row.holder,
        offer_id=row.offer_id,
        successor=row.successor or "",
        offered_at=row.offered_at,
        may=may,
    )


def _moderators(actor: Actor, space_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(Membership.space_id, Member.id, Member.name)
        .join(Member, Member.id == Membership.member_id)
        .where(
            Membership.space_id.in_(space_ids),
            Membership.role == Role.MODERATOR,
            belonging(Membership),
            in_good_standing(Member),
            Member.id != actor.id,
        )
        .order_by(Member.sort_key, Member.id)
        .limit(MOST)
    )
