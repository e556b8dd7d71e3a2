"""Which spaces stand on somebody's desk, and an item there as they may know it."""

from typing import NamedTuple

from sqlalchemy import select

from forum.domain.desk import waiting
from forum.domain.desk.waiting import Item
from forum.infra.db import db
from forum.models.spaces import Space
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import NotFound
from forum.policy.visibility import sees


class SpaceName(NamedTuple):
    """A space as a link."""

    name: str
    slug: str


def spaces_of(actor: Actor) -> list[int]:
    """Return the ids of the spaces that somebody moderates; NotFound for who moderates none."""
    found = moderated(actor)
    if not found:
        raise NotFound
    return sorted(found)


def named(actor: Actor) -> list[SpaceName]:
    """Return the spaces that somebody moderates, by name (one query)."""
    query = select(Space.name, Space.slug).where(Space.id.in_(moderated(actor)), sees(Space, actor))
    return [SpaceName(*row) for row in db.session.execute(query.order_by(Space.sort_key, Space.id))]


def item(actor: Actor, key: str) -> Item:
    """Return what waits for the actor under that key; NotFound (one query)."""
    found = waiting.one(actor, spaces_of(actor), key)
    if found is None:
        raise NotFound
    return found
