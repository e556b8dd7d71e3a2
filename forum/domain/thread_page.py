"""One page of a talk: the talk itself, twenty posts by number, and what the reader may do with each.

The page that is read most. Its two queries are built once for visitors and once for members, and bring columns, not
objects; the visibility rule is part of both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Integer, Select, and_, bindparam, exists, func, literal, select

from forum.domain.bylines import Byline
from forum.domain.speakers import COLUMNS, speaker
from forum.domain.tags import Word
from forum.domain.thread_cards import fresh_posts, marked, read_up_to, replies
from forum.infra import clock, text
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.lessons import LessonSource
from forum.models.spaces import Audience, Role, Space
from forum.models.themes import Tag, ThreadTag
from forum.models.threads import Post, PostRevision, ReadMark, Thread
from forum.policy.actions import (
    Answer,
    may_delete,
    may_edit,
    may_hide,
    may_put_back,
    may_reply,
    may_restore,
)
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.visibility import Reader, sees

PAGE_SIZE = 20


@dataclass(slots=True)
class PostView:
    """A post as this reader gets it; `html` is empty where she may not read words."""

    id: int
    number: int
    author: Byline
    kind: str | None
    created_at: datetime
    html: Any = ""
    edited: bool = False
    edited_at: datetime | None = None
    state: str = "shown"
    reason: str = ""
    may_edit: bool = False
    may_delete: bool = False
    may_put_back: bool = False
    may_hide: bool = False
    may_restore: bool = False
    is_new: bool = False

    @property
    def key(self) -> tuple[Any, ...]:
        """Everything that a reader meets of it: two posts with one key look the same."""
        return (
            self.id,
            self.author,
            self.kind,
            self.created_at,
            self.html,
            self.edited_at,
            self.state,
            self.reason,
        )

    @property
    def has_actions(self) -> bool:
        """Whether this reader may do anything with it."""
        return self.may_edit or self.may_delete or self.may_put_back or self.may_hide or self.may_restore


@dataclass(slots=True)
class ThreadPage:
    """A talk with the posts of one page. Reads like a ThreadCard where a card is wanted."""

    id: int
    slug: str
    title: str
    need: str
    axis: str
    audience: str
    space_id: int
    space_name: str
    space_slug: str
    widest_audience: Audience
    cities: list[str]
    reply_count: int
    locked: bool
    hidden: bool
    withdrawn: bool
    new_count: int
    read_number: int | None
    last_number: int
    tags: list[Word]
    has_lessons: bool
    number: int
    pages: int
    author_id: int
    alone: bool  # nobody but its starter has ever written in it
    moderates: bool
    may_reply: Answer
    posts: list[PostView] = field(default_factory=list)

    @property
    def seen_number(self) -> int:
        """Up to where a reader of this page has read."""
        return self.posts[-1].number if self.posts else 0


def page(reader: Actor | None, thread_id: int, number: int = 1) -> ThreadPage:
    """One page of a talk that the reader may see, or NotFound (two queries, three where words are hidden)."""
    values = {"reader_id": reader.id if reader else None, "thread_id": thread_id}
    head: Any = db.session.execute(_head(reader is not None), values).one_or_none()
    if head is None:
        raise NotFound
    pages = max(1, -(-head.last_number // PAGE_SIZE))
    if not 1 <= number <= pages:
        raise NotFound
    first = PAGE_SIZE * (number - 1)
    rows = db.session.execute(
        _posts(), {"thread_id": thread_id, "first": first, "last": first + PAGE_SIZE}
    ).all()
    moderates = reader is not None and reader.roles.get(head.space_id) == Role.MODERATOR
    talk = ThreadPage(
        id=head.id,
        slug=head.slug,
        title=head.title,
        need=head.need.value,
        axis=head.axis.value,
        audience=head.audience.value,
        space_id=head.space_id,
        space_name=head.space_name,
        space_slug=head.space_slug,
        widest_audience=head.widest_audience,
        cities=head.cities,
        reply_count=replies(head),
        locked=head.locked_at is not None,
        hidden=head.hidden_at is not None,
        withdrawn=head.withdrawn_at is not None,
        new_count=head.new_count,
        read_number=head.read_number,
        last_number=head.last_number,
        tags=_tags(head),
        has_lessons=head.has_lessons,
        number=number,
        pages=pages,
        author_id=head.author_id,
        alone=not head.others_wrote,
        moderates=moderates,
        may_reply=may_reply(reader, head),
    )
    talk.posts = _views(reader, head, rows, moderates)
    return talk


def _views(reader: Actor | None, head: Any, rows: Sequence[Any], moderates: bool) -> list[PostView]:
    today = clock.now().date()
    kept = _hidden_words(reader, rows, moderates)
    read, since = head.read_number or 0, head.read_moment
    views = []
    for row in rows:
        view = PostView(
            row.id,
            row.number,
            speaker(row, today),
            row.kind.value if row.kind else None,
            row.created_at,
            text.to_html(row.html) if row.html else "",
            row.edited_at is not None,
            row.edited_at,
        )
        mine = reader is not None and row.author_id == reader.id
        if row.deleted_at is not None:
            view.state, view.html = "deleted", ""
        elif row.hidden_at is not None:
            view.state, view.html = "hidden", kept.get(row.id, "")
            view.reason = row.hidden_reason if mine or moderates else ""
        if mine:
            view.may_edit = bool(may_edit(reader, row, head))
            view.may_delete = bool(may_delete(reader, row))
            view.may_put_back = bool(may_put_back(reader, row))
        elif since is not None:
            view.is_new = row.number > read and row.created_at > since and view.state == "shown"
        if moderates:
            view.may_hide = bool(may_hide(reader, row, head))
            view.may_restore = bool(may_restore(reader, row, head))
        views.append(view)
    return views


def _hidden_words(reader: Actor | None, rows: Sequence[Any], moderates: bool) -> dict[int, Any]:
    """The words of hidden posts, for their authors and for the moderators of the space."""
    if reader is None:
        return {}
    hers = [
        row.id
        for row in rows
        if row.hidden_at is not None and row.deleted_at is None and (moderates or row.author_id == reader.id)
    ]
    if not hers:
        return {}
    bodies = db.session.execute(
        select(PostRevision.post_id, PostRevision.body)
        .join(Post, and_(Post.id == PostRevision.post_id, Post.revision == PostRevision.number))
        .where(Post.id.in_(hers))
    )
    return {row.post_id: text.to_html(text.render(row.body)) for row in bodies}


def _tags(head: Any) -> list[Word]:
    """The tags; they are words of the opening post and go with it."""
    if not head.tag_words or not head.title:
        return []
    pairs = [line.split("\t", 1) for line in head.tag_words.split("\n")]
    return sorted(Word(name, slug) for slug, name in pairs)


@cache
def _head(signed_in: bool) -> Select[Any]:
    reader_id: Any = bindparam("reader_id", type_=Integer)
    reader = cast(Reader, _Anybody(reader_id)) if signed_in else None
    words = (
        select(func.aggregate_strings(Tag.slug.concat("\t").concat(Tag.name), "\n"))
        .join(ThreadTag, ThreadTag.tag_id == Tag.id)
        .where(ThreadTag.thread_id == Thread.id)
        .correlate(Thread)
    )
    opening_gone = (
        select(Post.deleted_at).where(Post.thread_id == Thread.id, Post.number == 1).correlate(Thread)
    )
    query: Any = (
        select(
            Thread.id,
            Thread.slug,
            Thread.title,
            Thread.need,
            Thread.axis,
            Thread.audience,
            Thread.space_id,
            Thread.author_id,
            Thread.cities,
            Thread.post_count,
            Thread.last_number,
            Thread.locked_at,
            Thread.hidden_at,
            Thread.withdrawn_at,
            Space.name.label("space_name"),
            Space.slug.label("space_slug"),
            Space.widest_audience,
            words.scalar_subquery().label("tag_words"),
            opening_gone.scalar_subquery().label("opening_gone_at"),
            exists()
            .where(Post.thread_id == Thread.id, Post.author_id != Thread.author_id)
            .correlate(Thread)
            .label("others_wrote"),
            exists().where(LessonSource.thread_id == Thread.id).correlate(Thread).label("has_lessons"),
            (ReadMark.last_number if signed_in else literal(None, Integer)).label("read_number"),
            (fresh_posts(reader_id) if signed_in else literal(0, Integer)).label("new_count"),
            (read_up_to(reader_id) if signed_in else literal(None)).label("read_moment"),
        )
        .select_from(Thread)
        .join(Space, Space.id == Thread.space_id)
        .where(Thread.id == bindparam("thread_id"), sees(Thread, reader))
    )
    return query.outerjoin(ReadMark, marked(reader_id)) if signed_in else query


@cache
def _posts() -> Select[Any]:
    """The posts of a page. Runs only for a talk that `_head` let through."""
    query: Any = (
        select(
            Post.id,
            Post.number,
            Post.author_id,
            Post.kind,
            Post.html,
            Post.created_at,
            Post.edited_at,
            Post.deleted_at,
            Post.hidden_at,
            Post.hidden_reason,
            *COLUMNS,
        )
        .join(Member, Member.id == Post.author_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(
            Post.thread_id == bindparam("thread_id"),
            Post.number > bindparam("first"),
            Post.number <= bindparam("last"),
        )
        .order_by(Post.number)
    )
    return cast(Select[Any], query)


@dataclass(frozen=True, slots=True)
class _Anybody:
    """A reader whose id is filled in when the query runs."""

    id: Any
