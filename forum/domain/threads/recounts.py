"""Threads counted anew when what was said in them counts from now on: a few at a time, because others wait for them."""

from sqlalchemy import select

from forum.domain.threads import post_store
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.threads import Post, Thread

BATCH = 50


def spoken_in(capacity_id: int, *, after_id: int) -> int | None:
    """Count the next threads anew in which somebody posted in a capacity; return the last of them, None at the end."""
    owner = select(Capacity.member_id).where(Capacity.id == capacity_id).scalar_subquery()
    # By their author, of whom there is an index.
    spoken = select(Post.thread_id).where(Post.author_id == owner, Post.capacity_id == capacity_id)
    query = select(Thread).where(Thread.id.in_(spoken), Thread.id > after_id)
    threads = db.session.scalars(query.order_by(Thread.id).limit(BATCH).with_for_update()).all()
    for thread in threads:
        post_store.recount(thread)
    return threads[-1].id if len(threads) == BATCH else None
