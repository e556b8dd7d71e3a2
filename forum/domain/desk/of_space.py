"""What readers reported in one space, and objections there, for its moderators and its deputy: who may settle it.

For the deputy also posts that wait while no moderator is there; those have a list of their own for moderators.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, union_all

from forum.domain.audit import undoable
from forum.domain.audit.undoable import OpenAct
from forum.domain.desk.deputy_desk import OF_DEPUTIES
from forum.domain.desk.queues import held
from forum.domain.spaces import absences, deputies, spaces
from forum.domain.spaces.spaces import SpaceFacts
from forum.infra import clock
from forum.infra.db import db
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor

MOST = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of a queue: see `queues/columns.py`."""

    kind: str
    item_id: int
    space_id: int
    due_at: datetime
    since_at: datetime
    thread_id: int | None
    post_number: int | None
    title: str
    who: str
    words: str


@dataclass(frozen=True, slots=True)
class SpaceDesk:
    """What waits for somebody in a space, the oldest promise first, and what they settled and can still undo."""

    space: SpaceFacts
    waiting: list[Waiting]
    acts: list[OpenAct]
    is_deputy: bool
    is_unmoderated: bool
    nobody_until: date | None  # while its moderators are all away: until when


def page(actor: Actor, slug: str) -> SpaceDesk:
    """Return what waits for the actor in a space (six queries at most); NotFound, Forbidden."""
    space = spaces.by_slug(actor, slug)
    answer = may_moderate(actor, space.id)
    is_deputy = not answer and deputies.of_space(space.id) == actor.id
    if not is_deputy:
        require(answer)
    queues = [queue for queue in OF_DEPUTIES if is_deputy or queue is not held]
    found: Any = union_all(*(queue.waiting(actor, [space.id]) for queue in queues)).subquery()
    rows = db.session.execute(select(found).order_by(found.c.due_at, found.c.since_at).limit(MOST))
    acts = _acts(actor, space.id) + (_refusals(actor, slug) if is_deputy else [])
    return SpaceDesk(
        space, [Waiting(**row._mapping) for row in rows], acts, is_deputy, *absences.nobody(space.id)
    )


def _refusals(actor: Actor, slug: str) -> list[OpenAct]:
    mine = undoable.open_acts(actor, kind=UndoKind.REFUSE_POST)
    return [act for act in mine if act.before["slug"] == slug]


def _acts(actor: Actor, space_id: int) -> list[OpenAct]:
    query = (
        select(UndoableAct, Post.number, Thread.title)
        .join(Post, Post.id == UndoableAct.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            UndoableAct.actor_id == actor.id,
            UndoableAct.kind.in_((UndoKind.HIDE, UndoKind.SETTLE)),
            UndoableAct.undone_at.is_(None),
            UndoableAct.until > clock.now(),
            Thread.space_id == space_id,
        )
        .order_by(UndoableAct.id.desc())
    )
    return [
        OpenAct(act.id, act.kind, number, act.removal_id, act.before, act.until, title)
        for act, number, title in db.session.execute(query)
    ]
