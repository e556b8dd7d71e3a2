"""What a member can choose about by mail: every space that they may read, the tags and threads that they chose."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select

from forum.domain.digests.subscriptions import DigestPreferences
from forum.domain.spaces import spaces
from forum.infra.db import db
from forum.infra.sort_keys import sort_key
from forum.models.themes import Tag, ThreadTag
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.visibility import visible


class Offer(NamedTuple):
    """Something to choose about, as it is called for this member."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Offers:
    """The member's own spaces, the others that they may read, and the tags and threads of which they chose."""

    own_spaces: list[Offer]
    other_spaces: list[Offer]
    tags: list[Offer]
    threads: list[Offer]


def offers(actor: Actor, preferences: DigestPreferences, *, also_thread: int | None = None) -> Offers:
    """Return what the actor can choose about (at most four queries); `also_thread`: one without a choice yet."""
    cards = spaces.directory(actor)
    threads = {*preferences.threads} | ({also_thread} - {None})
    return Offers(
        own_spaces=[Offer(card.id, card.name) for card in cards if card.role is not None],
        other_spaces=[Offer(card.id, card.name) for card in cards if card.role is None],
        tags=_tags(actor, preferences.tags),
        threads=_threads(actor, threads),
    )


def _threads(actor: Actor, ids: Collection[int | None]) -> list[Offer]:
    if not ids:
        return []
    rows = db.session.execute(
        visible(Thread, actor, Thread.id, Thread.title).where(Thread.id.in_(ids)).order_by(Thread.id)
    )
    return [Offer(row.id, row.title) for row in rows]


def _tags(actor: Actor, ids: Collection[int]) -> list[Offer]:
    """Tags as they are spelt in threads that the member may read; of any other only as it stands in addresses."""
    if not ids:
        return []
    spelt = (
        visible(Thread, actor, ThreadTag.tag_id, func.min(ThreadTag.name).label("name"))
        .select_from(Thread)
        .join(ThreadTag, ThreadTag.thread_id == Thread.id)
        .where(ThreadTag.tag_id.in_(ids))
        .group_by(ThreadTag.tag_id)
    )
    names = {row.tag_id: row.name for row in db.session.execute(spelt)}
    found = db.session.execute(select(Tag.id, Tag.slug, Tag.label).where(Tag.id.in_(ids)))
    offers = [Offer(row.id, row.label or names.get(row.id, row.slug)) for row in found]
    return sorted(offers, key=lambda offer: sort_key(offer.name))
