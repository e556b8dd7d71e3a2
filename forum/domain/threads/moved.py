"""Where posts stand that moderators moved to another thread: their old numbers and addresses lead there."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forum.domain.threads.numbering import PAGE_SIZE
from forum.infra.db import db
from forum.models.moved_posts import MovedPost
from forum.models.threads import Post, Thread
from forum.policy.visibility import Reader, sees


@dataclass(frozen=True, slots=True)
class MovedNumber:
    """A number of a thread whose post stands elsewhere now; nothing of it where the reader does not see that thread."""

    number: int
    thread_id: int | None = None
    slug: str = ""
    title: str = ""
    there: int = 0  # its number in that thread

    @property
    def id(self) -> int | None:
        """The id of the thread, as addresses ask for it."""
        return self.thread_id


def on_page(reader: Reader | None, thread_id: int, first: int, last: int) -> list[MovedNumber]:
    """Return the numbers after `first` up to `last` of a thread that the reader sees, whose posts moved (one query)."""
    query = (
        _places()
        .outerjoin(Thread, (Thread.id == Post.thread_id) & sees(Thread, reader))
        .where(MovedPost.thread_id == thread_id, MovedPost.number > first, MovedPost.number <= last)
    )
    return [_number(row) for row in db.session.execute(query)]


def leads_to(reader: Reader | None, thread_id: int, page: int) -> MovedNumber | None:
    """Return where the first post of a page of a merged thread stands now, to who may see it; else None."""
    is_merged = select(Thread.id).where(Thread.id == thread_id, Thread.merged_at.is_not(None))
    query = (
        _places()
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            MovedPost.thread_id == thread_id,
            MovedPost.number > PAGE_SIZE * (page - 1),
            is_merged.correlate(None).exists(),
            sees(Thread, reader),
        )
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else _number(row)


def first_of(thread_id: int) -> int:
    """Return the id of the post that opened a merged thread."""
    query = select(MovedPost.post_id).where(MovedPost.thread_id == thread_id)
    return db.session.scalars(query.order_by(MovedPost.number).limit(1)).one()


def _places() -> Any:
    columns = (MovedPost.number, Thread.id, Thread.slug, Thread.title, Post.number.label("there"))
    query = select(*columns).select_from(MovedPost).join(Post, Post.id == MovedPost.post_id)
    return query.order_by(MovedPost.number)


def _number(row: Any) -> MovedNumber:
    if row.id is None:
        return MovedNumber(row.number)
    return MovedNumber(row.number, row.id, row.slug, row.title, row.there)
