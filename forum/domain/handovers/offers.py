"""Offering what one holds, or what somebody left behind, to another moderator of the space; taking the offer back.

An offer stands while its giver holds the item, the item is what it was, and its successor moderates the space.
Nothing changes before it is accepted (`answers.py`).
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, not_, or_, select, tuple_, update

from forum.domain.handovers import holdings, open_offers
from forum.domain.handovers.answers import settle
from forum.domain.handovers.kinds import KINDS, held
from forum.domain.mailing import events
from forum.domain.spaces import spaces
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.paging import LARGEST
from forum.infra.rows import drawn_id, insert_new
from forum.models.handovers import Ending, HandOver
from forum.models.spaces import Space
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor, actor_of
from forum.policy.errors import Conflict, Invalid, NotFound
from forum.policy.visibility import get_visible

Named = tuple[str, int]  # a kind, and the id of an item


def offer(actor: Actor, space_id: int, items: Collection[Named], *, successor_id: int) -> Sequence[int]:
    """Offer these items to a moderator of the space; what was left behind, taken by the actor, is theirs at once.

    Offered twice to the same it was offered once. Return the ids of the offers that are new. NotFound, Forbidden,
    Invalid at `items` or `successor`.
    """
    space: Space = get_visible(Space, actor, space_id)
    require(may_moderate(actor, space.id))
    if not items:
        raise Invalid("items", _("Choose what you hand over."))
    if len(set(items)) > holdings.MOST:
        raise Invalid("items", _("At most %(most)d things at once.", most=holdings.MOST))
    rows = _held(actor, space.id, items)
    successor = actor_of(successor_id) if 0 < successor_id <= LARGEST else None
    if successor is None or not may_moderate(successor, space.id):
        raise Invalid("successor", _("Choose a moderator of this space."))
    if any(row.holder_id == successor.id for row in rows):
        raise Invalid("successor", _("You hold this already. Choose somebody else."))
    _refuse_who_may_not(actor, successor, rows)
    spaces.hold_people(space.id)
    _end_what_stands_no_more(rows)
    offered = _write(actor, space.id, rows, successor)
    if successor.id == actor.id:
        for offer_id in offered:
            settle(actor, db.session.get_one(HandOver, offer_id))
    elif offered:
        events.record("hand_over.offered", space_id=space.id, member_id=successor.id, actor_id=actor.id)
    return offered


def withdraw(actor: Actor, offer_id: int) -> HandOver:
    """Take an offer back, as who made it or whose item it is; of who no longer moderates, any moderator does.

    Twice is once. NotFound, Conflict once it was accepted.
    """
    found = db.session.scalars(
        select(HandOver)
        .where(HandOver.id == offer_id, _may_withdraw(actor))
        .with_for_update(of=HandOver)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or not may_moderate(actor, found.space_id):
        raise NotFound
    if found.ending == Ending.ACCEPTED:
        raise Conflict(_("This was accepted meanwhile."))
    if found.ended_at is None:
        found.ended_at, found.ending = clock.now(), Ending.WITHDRAWN
        db.session.flush()
    return found


def _may_withdraw(actor: Actor) -> ColumnElement[bool]:
    left = not_(open_offers.moderates(HandOver.giver_id, HandOver.space_id))
    return or_(HandOver.giver_id == actor.id, HandOver.offered_by_id == actor.id, left)


def _held(actor: Actor, space_id: int, items: Collection[Named]) -> Sequence[Any]:
    """What of these the actor holds, or somebody left behind there; Invalid at `items` when it is not all of them."""
    found = held(clock.now())
    rows = db.session.execute(
        select(found).where(
            found.c.space_id == space_id,
            tuple_(found.c.kind, found.c.item_id).in_(sorted(set(items))),
            or_(
                found.c.holder_id == actor.id,
                not_(open_offers.moderates(found.c.holder_id, found.c.space_id)),
            ),
        )
    ).all()
    if len(rows) != len(set(items)):
        raise Invalid("items", _("Not all of this can still be handed over. Look again what is left."))
    return rows


def _refuse_who_may_not(actor: Actor, successor: Actor, rows: Sequence[Any]) -> None:
    """Refuse a successor who does not see all of it, or may not take it, with the reason; Invalid at `successor`.

    Not where the actor may not know it: then every offer looks alike to them, and its successor hears it.
    """
    for kind in KINDS.values():
        ids = [row.item_id for row in rows if row.kind == kind.name]
        if not ids:
            continue
        titles = kind.seen(actor, ids)
        if not titles.keys() >= set(ids):
            raise NotFound
        if not kind.known_to_giver:
            continue
        theirs, answers = kind.seen(successor, ids), kind.answers(successor, ids)
        for item_id in ids:
            answer = answers.get(item_id)
            if item_id not in theirs or answer is None:
                raise Invalid("successor", _("This person cannot read all of this."))
            if not answer:
                title, why = titles[item_id].title, answer.reason
                raise Invalid("successor", _("“%(title)s”: %(why)s", title=title, why=why))


def _end_what_stands_no_more(rows: Sequence[Any]) -> None:
    """End open offers of these items that stand no more."""
    for row in rows:
        of_it = (HandOver.kind == row.kind, HandOver.item_id == row.item_id, open_offers.OPEN)
        db.session.execute(
            update(HandOver)
            .where(*of_it, not_(open_offers.offers(row)))
            .values(ended_at=clock.now(), ending=Ending.OVER)
            .execution_options(synchronize_session=False)
        )


def _write(actor: Actor, space_id: int, rows: Sequence[Any], successor: Actor) -> list[int]:
    """Write an offer for each; the row decides when two are made at once. Invalid at `items` where others have one."""
    values = [
        {
            "id": drawn_id(HandOver.id),
            "space_id": space_id,
            "kind": row.kind,
            "item_id": row.item_id,
            "giver_id": row.holder_id,
            "successor_id": successor.id,
            "offered_by_id": actor.id,
            "offered_at": clock.now(),
        }
        for row in rows
    ]
    new = [int(row.id) for row in insert_new(HandOver, values, HandOver.id)]
    others = select(HandOver.id).where(
        open_offers.OPEN,
        tuple_(HandOver.kind, HandOver.item_id).in_([(row.kind, row.item_id) for row in rows]),
        HandOver.successor_id != successor.id,
    )
    if db.session.scalar(others.limit(1)) is not None:
        raise Invalid("items", _("Some of this is offered already. Take that offer back first."))
    return new
