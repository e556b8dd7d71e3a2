"""Taking an item in hand, so that another moderator leaves it; taking it over from them; giving it back."""

from sqlalchemy import select

from forum.domain.desk import places
from forum.domain.desk.waiting import Item
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import insert_new
from forum.models.accounts import Member
from forum.models.desk import DeskTaking
from forum.policy.actors import Actor
from forum.policy.errors import Conflict


def take(actor: Actor, key: str, *, seen: int | None = None) -> Item:
    """Take an item, or take it over from who had it in hand when the actor looked (`seen`, their id). Twice is once.

    NotFound; Conflict when somebody else took it meanwhile, who is named.
    """
    item = places.item(actor, key)
    held = _held(item)
    if held is not None and held.member_id == actor.id:
        return item
    if held is not None and held.member_id != seen:
        raise _taken_by(held)
    if held is not None:
        held.ended_at = clock.now()
        db.session.flush()
    row = {
        "kind": item.kind,
        "item_id": item.item_id,
        "space_id": item.space_id,
        "member_id": actor.id,
        "taken_at": clock.now(),
    }
    # Of two who take it at the same moment, the row of one is there first; it may have been given back since.
    while not insert_new(DeskTaking, [row], DeskTaking.id):
        other = _held(item)
        if other is not None and other.member_id != actor.id:
            raise _taken_by(other)
        if other is not None:
            break
    return item


def give_back(actor: Actor, key: str) -> Item:
    """Leave an item that the actor had in hand to whoever comes first; else nothing happens. NotFound."""
    item = places.item(actor, key)
    held = _held(item)
    if held is not None and held.member_id == actor.id:
        held.ended_at = clock.now()
        db.session.flush()
    return item


def _held(item: Item) -> DeskTaking | None:
    its = (DeskTaking.kind == item.kind, DeskTaking.item_id == item.item_id, DeskTaking.ended_at.is_(None))
    query = select(DeskTaking).where(*its).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def _taken_by(held: DeskTaking) -> Conflict:
    name = db.session.get_one(Member, held.member_id).name
    return Conflict(_("%(name)s took this just now.", name=name))
