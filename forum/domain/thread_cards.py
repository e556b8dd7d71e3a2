"""Talks in a list: each as a card, the last moved first, with what is new in it for who looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, func, literal, select

from forum.domain.bylines import Byline
from forum.domain.speakers import COLUMNS, speaker
from forum.infra import clock
from forum.infra.db import Moment, db
from forum.infra.paging import Page, keyset
from forum.models.accounts import Capacity, Member
from forum.models.spaces import Space
from forum.models.themes import Axis, Need, Tag, ThreadTag
from forum.models.threads import Post, ReadMark, Thread
from forum.policy.actors import Actor
from forum.policy.visibility import sees

WEEK = timedelta(days=7)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ThreadCard:
    """A talk in a list. `title` is empty once its author took the opening words back."""

    id: int
    slug: str
    title: str
    summary: str
    need: str
    axis: str
    author: Byline
    space_name: str
    space_slug: str
    reply_count: int
    cities: list[str]
    new_count: int
    created_at: datetime
    last_post_at: datetime
    audience: str
    locked: bool
    outcome: str | None
    hidden: bool = False


def latest(
    reader: Actor | None,
    *,
    space_id: int | None = None,
    need: str | None = None,
    axis: str | None = None,
    tag: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[ThreadCard]:
    """Talks that the reader may see, the last moved first; a need or axis that nobody knows filters nothing."""
    query = _cards(reader)
    if space_id is not None:
        query = query.where(Thread.space_id == space_id)
    if need in set(Need):
        query = query.where(Thread.need == need)
    if axis in set(Axis):
        query = query.where(Thread.axis == axis)
    if tag:
        tagged = select(ThreadTag.thread_id).join(Tag, Tag.id == ThreadTag.tag_id).where(Tag.slug == tag)
        query = query.where(Thread.id.in_(tagged), Thread.title != "")
    keys = (Thread.last_post_at, Thread.id)
    rows, following = keyset(query, keys=keys, cursor=cursor, limit=limit)
    return Page(_made(rows), following)


def unanswered(reader: Actor | None, limit: int = 5, *, space_id: int | None = None) -> list[ThreadCard]:
    """Open talks in which nobody but their starter has spoken yet, the last begun first; her own are left out."""
    query = _cards(reader).where(
        Thread.answered_at.is_(None),
        Thread.locked_at.is_(None),
        Thread.hidden_at.is_(None),
        Thread.title != "",
    )
    if reader is not None:
        query = query.where(Thread.author_id != reader.id)
    if space_id is not None:
        query = query.where(Thread.space_id == space_id)
    query = query.order_by(Thread.last_post_at.desc(), Thread.id.desc()).limit(limit)
    return _made(db.session.execute(query).all())


def new_in_my_spaces(actor: Actor, limit: int = 8) -> list[ThreadCard]:
    """What moved last in the spaces that she belongs to."""
    query = _cards(actor).where(Thread.space_id.in_(list(actor.roles)), Thread.hidden_at.is_(None))
    query = query.order_by(Thread.last_post_at.desc(), Thread.id.desc()).limit(limit)
    return _made(db.session.execute(query).all())


def cities_of_the_week(reader: Actor | None, *, space_id: int | None = None) -> list[str]:
    """The cities that said something in the last seven days, as far as the reader may read it."""
    query = (
        select(Capacity.city)
        .distinct()
        .join(Post, Post.capacity_id == Capacity.id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            Post.created_at > clock.now() - WEEK,
            Post.hidden_at.is_(None),
            Post.deleted_at.is_(None),
            Capacity.city.is_not(None),
            sees(Thread, reader),
        )
    )
    if space_id is not None:
        query = query.where(Thread.space_id == space_id)
    return [city for city in db.session.scalars(query) if city]


def read_up_to(reader_id: Any) -> ColumnElement[Any]:
    """The moment up to which everything counts as read for somebody."""
    moment = select(func.coalesce(Member.all_read_at, Member.created_at)).where(Member.id == reader_id)
    return func.coalesce(moment.scalar_subquery(), literal(LONG_AGO, Moment))


def fresh_posts(reader_id: Any) -> ColumnElement[int]:
    """How many posts of others in a talk somebody has not read yet; joins ReadMark as `_marked` does."""
    since = read_up_to(reader_id)
    newer = (
        select(func.count())
        .select_from(Post)
        .where(
            Post.thread_id == Thread.id,
            Post.number > func.coalesce(ReadMark.last_number, 0),
            Post.created_at > since,
            Post.author_id != reader_id,
            Post.hidden_at.is_(None),
            Post.deleted_at.is_(None),
        )
        .correlate(Thread, ReadMark)
    )
    return case((Thread.last_post_at > since, newer.scalar_subquery()), else_=0)


def marked(reader_id: Any) -> ColumnElement[bool]:
    """Joins the reader's mark in a talk."""
    return and_(ReadMark.thread_id == Thread.id, ReadMark.member_id == reader_id)


def _cards(reader: Actor | None) -> Select[Any]:
    opening = and_(Post.thread_id == Thread.id, Post.number == 1)
    new_count = fresh_posts(reader.id) if reader else literal(0, Integer)
    query: Any = (
        select(
            Thread.id,
            Thread.slug,
            Thread.title,
            Thread.summary,
            Thread.need,
            Thread.axis,
            Thread.post_count,
            Thread.cities,
            Thread.created_at,
            Thread.last_post_at,
            Thread.audience,
            Thread.locked_at,
            Thread.hidden_at,
            Thread.outcome,
            Space.name.label("space_name"),
            Space.slug.label("space_slug"),
            new_count.label("new_count"),
            Post.deleted_at.label("opening_gone_at"),
            *COLUMNS,
        )
        .select_from(Thread)
        .join(Space, Space.id == Thread.space_id)
        .join(Post, opening)
        .join(Member, Member.id == Thread.author_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(sees(Thread, reader), Thread.withdrawn_at.is_(None))
    )
    return query if reader is None else query.outerjoin(ReadMark, marked(reader.id))


def _made(rows: Sequence[Any]) -> list[ThreadCard]:
    today = clock.now().date()
    return [
        ThreadCard(
            id=row.id,
            slug=row.slug,
            title=row.title,
            summary=row.summary,
            need=row.need.value,
            axis=row.axis.value,
            author=speaker(row, today),
            space_name=row.space_name,
            space_slug=row.space_slug,
            reply_count=replies(row),
            cities=row.cities,
            new_count=row.new_count,
            created_at=row.created_at,
            last_post_at=row.last_post_at,
            audience=row.audience.value,
            locked=row.locked_at is not None,
            outcome=row.outcome.value if row.outcome else None,
            hidden=row.hidden_at is not None,
        )
        for row in rows
    ]


def replies(row: Any) -> int:
    """How many replies stand; the opening post counts only while it stands itself."""
    opening = 0 if row.opening_gone_at or row.hidden_at else 1
    return max(0, row.post_count - opening)
