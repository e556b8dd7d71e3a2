"""Which of a member's notifications are unread: counted, and read by opening what they are about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Exists, bindparam, case, exists, func, or_, select, update

from forum.domain.mailing.kinds import KINDS
from forum.infra import clock
from forum.infra.db import Moment, db
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member
from forum.models.notifications import Notification
from forum.models.threads import Post, ReadMark
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

TO_ME = tuple(kind.name for kind in KINDS.values() if kind.to_me)
OF_POSTS = ("mention", "answer", "followed")
MOST = 100  # more than these are not counted
AT_ONCE = 5_000  # rows in one statement


@dataclass(frozen=True, slots=True)
class Unread:
    """How many notifications a member has not read, MOST at most, and how many of those are addressed to them."""

    count: int = 0
    to_me: int = 0


def any_of(member_id: Any, *about: ColumnElement[bool]) -> Exists:
    """Return whether a member has unread notifications, also such as they may not see; one look into an index.

    For queries that are made anyway, so that pages ask for more only where there is something.
    """
    return exists().where(Notification.member_id == member_id, Notification.read_at.is_(None), *about)


def kinds_of(member_id: Any) -> Any:
    """Return the kinds of a member's unread notifications as one column, which `as_kinds` reads; the first MOST + 1."""
    first = select(Notification.kind).where(
        Notification.member_id == member_id, Notification.read_at.is_(None)
    )
    rows = first.limit(MOST + 1).correlate(Member).subquery()
    return select(func.aggregate_strings(rows.c.kind, ",")).correlate(Member).scalar_subquery()


def as_kinds(words: str | None) -> frozenset[str] | None:
    """Return the kinds that a column of `kinds_of` says; None where there are too many notifications to say."""
    kinds = words.split(",") if words else []
    return frozenset(kinds) if len(kinds) <= MOST else None


def shown(reader: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for what a reader is told at the moment `now`: a parameter of the query."""
    due = Notification.shown_at <= bindparam("now", type_=Moment)
    return sees(Notification, reader), or_(Notification.shown_at.is_(None), due)


def values(actor: Actor) -> dict[str, Any]:
    """Return the parameters of a query with `shown`."""
    return {**reader_values(actor), "now": clock.now()}


def count(actor: Actor) -> Unread:
    """Return how many notifications the actor has not read and may see (one query)."""
    return as_unread(select_rows(_count(), values(actor)).scalar_one())


@cached
def _count() -> Any:
    return select(counted(reader_param(signed_in=True)))


def counted(reader: Any) -> Any:
    """Return both numbers of a reader as one column, which `as_unread` reads; for a query with `now`."""
    first = _unread(Notification.kind, reader).limit(MOST).correlate(Member).subquery()
    # Addressed to them or not, each counts as one; so both are read in one go over the same rows.
    weight = case((first.c.kind.in_(TO_ME), MOST + 2), else_=1)
    return select(func.coalesce(func.sum(weight), 0)).select_from(first).correlate(Member).scalar_subquery()


def as_unread(number: int | None) -> Unread:
    """Return what a column of `counted` says."""
    to_me, others = divmod(number or 0, MOST + 2)
    return Unread(to_me + others, to_me)


def _unread(column: Any, reader: Any) -> Any:
    return select(column).where(
        Notification.member_id == reader.id, Notification.read_at.is_(None), *shown(reader)
    )


def read_thread(actor: Actor, thread_id: int, *, last: int) -> None:
    """Read what the actor was told of a thread: of its posts up to the number `last`, and of the thread itself."""
    passed = exists().where(Post.id == Notification.post_id, Post.number <= last)
    _read(actor, Notification.thread_id == thread_id, or_(Notification.post_id.is_(None), passed))


def read_posts(actor: Actor) -> None:
    """Read what the actor was told of posts of others, for when all of those count as read."""
    _read(actor, Notification.kind.in_(OF_POSTS))


def read_before(member_ids: Collection[int], post: Post) -> None:
    """Read what these members were just told of a post that they opened already: the worker tells a little later."""
    mark = exists().where(
        ReadMark.member_id == Notification.member_id,
        ReadMark.thread_id == post.thread_id,
        ReadMark.last_number >= post.number,
    )
    told = (Notification.member_id.in_(member_ids), Notification.thread_id == post.thread_id)
    _mark(*told, Notification.post_id == post.id, mark)


def read_of_post(actor: Actor, kind: str, post_id: int) -> None:
    """Read what the actor was told of this kind about a post, such as of earlier versions of it."""
    _read(actor, Notification.kind == kind, Notification.post_id == post_id)


def read_lesson(actor: Actor, lesson_id: int) -> None:
    """Read what the actor was told of a lesson."""
    _read(actor, Notification.lesson_id == lesson_id)


def read_kinds(actor: Actor, kinds: Sequence[str], *, space_id: int | None = None) -> None:
    """Read what the actor was told of these kinds, of one space if given."""
    place = () if space_id is None else (Notification.space_id == space_id,)
    _read(actor, Notification.kind.in_(kinds), *place)


def read_all(actor: Actor, *, until: datetime) -> None:
    """Read what the actor was told up to a moment: what came after their list was drawn stays unread."""
    told_at = func.coalesce(Notification.shown_at, Notification.created_at)
    seen = db.session.scalars(
        _unread(Notification.id, reader_param(signed_in=True)).where(told_at <= until), values(actor)
    ).all()
    for start in range(0, len(seen), AT_ONCE):
        _read(actor, Notification.id.in_(seen[start : start + AT_ONCE]))


def _read(actor: Actor, *about: ColumnElement[bool]) -> None:
    _mark(Notification.member_id == actor.id, *about)


def _mark(*which: ColumnElement[bool]) -> None:
    # In one order, so that whoever lets a thread go elsewhere at this moment and this do not wait for each other.
    found = select(Notification.id).where(Notification.read_at.is_(None), *which).order_by(Notification.id)
    db.session.execute(
        update(Notification)
        .where(Notification.id.in_(found.with_for_update()), Notification.read_at.is_(None))
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )
