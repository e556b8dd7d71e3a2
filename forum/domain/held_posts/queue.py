"""What waits in a space for its moderators, the oldest first: only what they may read, and nothing of their own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from forum.domain.people import bylines
from forum.domain.spaces import deputies, spaces
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.held import HeldBecause, HeldPost
from forum.models.spaces import Audience, Space
from forum.models.themes import Axis, Need
from forum.models.threads import Post, PostKind, Thread
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import NotFound
from forum.policy.visibility import sees

ON_PAGE = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, as a moderator reads it: its text as it was typed, so that every address in it stands there."""

    id: int
    revision: int
    byline: bylines.Byline
    because: HeldBecause
    word: str
    space_name: str
    space_slug: str
    is_reply: bool
    title: str  # of the story, or of the thread in which it is a reply
    body: str
    thread_id: int | None
    thread_slug: str
    locked: bool
    archived: bool
    answers: int | None  # the number of the post that it answers
    kind: PostKind | None
    need: Need | None
    axis: Axis | None
    audience: Audience
    tags: tuple[str, ...]
    written_at: datetime


def space_of() -> ColumnElement[int]:
    """Return in which space it would appear, for queries that join its thread: one may have moved since."""
    return func.coalesce(Thread.space_id, HeldPost.space_id)


def decided_by(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Return what waits for this actor, for queries that join its thread from outside."""
    here = space_of().in_(moderated(actor))
    return (
        HeldPost.outcome.is_(None),
        HeldPost.author_id != actor.id,
        or_(here, stands_in(actor)) if actor.deputy_in else here,
        or_(HeldPost.thread_id.is_(None), sees(Thread, actor)),
    )


def stands_in(actor: Actor) -> ColumnElement[bool]:
    """Return whether the actor decides as the deputy, as no moderator is there; for the same queries."""
    nobody = ~deputies.another_is_there(space_of(), HeldPost.author_id)
    return and_(deputies.is_deputy(space_of(), actor.id), nobody, HeldPost.author_id != actor.id)


def nobody_decides() -> ColumnElement[bool]:
    """Return whether nobody is there who may decide about something; for the same queries."""
    place = (space_of(), HeldPost.author_id)
    return and_(~deputies.another_is_there(*place), ~deputies.has_any(*place))


def is_looked_at(held_id: int) -> bool:
    """Return whether anybody is there who may decide about something, so that its author can be promised when."""
    query = select(~nobody_decides()).select_from(HeldPost).outerjoin(Thread, Thread.id == HeldPost.thread_id)
    return bool(db.session.scalar(query.where(HeldPost.id == held_id)))


def is_deputy_for(actor: Actor, held: HeldPost) -> bool:
    """Return whether the actor decides about something as the deputy (one query)."""
    query = select(stands_in(actor)).select_from(HeldPost).outerjoin(Thread, Thread.id == HeldPost.thread_id)
    return bool(actor.deputy_in and db.session.scalar(query.where(HeldPost.id == held.id)))


def of_space(actor: Actor, space_id: int) -> list[Waiting]:
    """Return the first of what waits in a space, the oldest first, and one more where there are more (one query).

    For its moderators: NotFound, Forbidden.
    """
    spaces.require_moderator(actor, space_id)
    query = _query(actor).where(space_of() == space_id).order_by(HeldPost.written_at, HeldPost.id)
    return [_view(row) for row in db.session.execute(query.limit(ON_PAGE + 1))]


def count(actor: Actor, space_id: int) -> int:
    """Return how much waits for the actor in a space that they moderate (one query)."""
    query = select(func.count(HeldPost.id)).outerjoin(Thread, Thread.id == HeldPost.thread_id)
    return int(db.session.scalar(query.where(*decided_by(actor), space_of() == space_id)) or 0)


def details(actor: Actor, item_id: int) -> Waiting:
    """Return one thing that waits for the actor; NotFound (one query)."""
    row = db.session.execute(_query(actor).where(HeldPost.id == item_id)).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


def _query(actor: Actor) -> Select[Any]:
    query: Any = (
        select(
            HeldPost,
            Thread,
            Space.name.label("space_name"),
            Space.slug.label("space_slug"),
            Post.number.label("answers_number"),
            *bylines.COLUMNS,
        )
        .select_from(HeldPost)
        .join(Member, Member.id == HeldPost.author_id)
        .outerjoin(Thread, Thread.id == HeldPost.thread_id)
        .outerjoin(Capacity, Capacity.id == HeldPost.capacity_id)
        .outerjoin(Post, and_(Post.id == HeldPost.answers_id, Post.thread_id == HeldPost.thread_id))
        .join(Space, Space.id == space_of())
        .where(*decided_by(actor))
    )
    return cast(Select[Any], query)


def _view(row: Any) -> Waiting:
    held, thread = row.HeldPost, row.Thread
    return Waiting(
        id=held.id,
        revision=held.revision,
        byline=bylines.speaker(row, days.today(), said_at=held.written_at),
        because=held.because,
        word=held.word,
        space_name=row.space_name,
        space_slug=row.space_slug,
        is_reply=thread is not None,
        title=thread.title if thread else held.title,
        body=held.body,
        thread_id=held.thread_id,
        thread_slug=thread.slug if thread else "",
        locked=thread is not None and thread.locked_at is not None,
        archived=thread is not None and thread.archived_at is not None,
        answers=row.answers_number,
        kind=held.kind,
        need=held.need,
        axis=held.axis,
        audience=thread.audience if thread else held.audience,
        tags=tuple(held.tags),
        written_at=held.written_at,
    )
