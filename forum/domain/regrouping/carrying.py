"""Posts go from one thread to another of the same space, with all that hangs on them; both threads are locked."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, func, select

from forum.domain.regrouping import hanging, marks
from forum.domain.regrouping.hanging import Hanging
from forum.domain.threads import post_store
from forum.infra import clock, text
from forum.infra.db import db
from forum.infra.rows import upsert
from forum.models.moved_posts import MovedPost
from forum.models.threads import Post, Thread


class Place(NamedTuple):
    """A post, and the number that it gets in the thread to which it goes."""

    post: Post
    number: int


def move(source: Thread, target: Thread, places: Sequence[Place], *, whole: bool = False) -> Hanging:
    """Move posts; return what else went along, to be taken back. `whole`: nothing is left of the source.

    Numbers of the target that posts had before get them back; none of others may be taken.
    """
    numbers = _renumber(source, target, places)
    went = hanging.carry(source, target, numbers, [place.post.id for place in places], whole=whole)
    if whole:
        _close(source)
    for thread in (source, target):
        settle(thread)
    return went


def bring_back(source: Thread, target: Thread, places: Sequence[Place]) -> None:
    """Move posts to the thread from which they came; what went besides is taken back by `hanging.take_back`."""
    numbers = _renumber(source, target, places)
    hanging.carry_with_posts(source, target, numbers, [place.post.id for place in places])
    for thread in (source, target):
        settle(thread)


def _renumber(source: Thread, target: Thread, places: Sequence[Place]) -> dict[int, int]:
    """Give posts their new places; return their new numbers by the old."""
    db.session.flush()
    numbers = {place.post.number: place.number for place in places}
    marks.carry(source.id, target.id, numbers)
    _keep_old_numbers(source, target, places)
    for post, number in places:
        post.thread_id, post.number = target.id, number
    target.last_number = max(target.last_number, *numbers.values())
    db.session.flush()
    return numbers


def settle(thread: Thread) -> None:
    """Make what a thread keeps of its posts as they have it now."""
    post_store.recount(thread)
    told = db.session.execute(post_store.TOLD_BY_FIELD.where(Post.thread_id == thread.id)).one_or_none()
    thread.told_by_field = told is not None and bool(told.told_by_field)
    last = db.session.scalar(select(func.max(Post.created_at)).where(Post.thread_id == thread.id))
    thread.last_post_at = last or thread.last_post_at
    db.session.flush()


def show_title(thread: Thread, title: str, opening: Post) -> None:
    """Give a thread the title, the address and the first words of its opening post."""
    stands = opening.hidden_at is None and opening.deleted_at is None
    thread.title = title if opening.deleted_at is None else ""
    thread.slug = text.slug(thread.title)
    thread.summary = text.summary(text.plain(opening.html)) if stands else ""


def _close(thread: Thread) -> None:
    """Leave nothing of a thread but its address, which leads on."""
    thread.merged_at = thread.withdrawn_at = clock.now()
    thread.title = thread.summary = ""
    thread.slug = text.slug("")
    thread.hidden_at = None


def reopen(thread: Thread) -> None:
    """Let a thread stand again to which posts come back."""
    thread.merged_at = thread.withdrawn_at = None
    db.session.flush()


def _keep_old_numbers(source: Thread, target: Thread, places: Sequence[Place]) -> None:
    now = clock.now()
    rows = [
        {"thread_id": source.id, "number": post.number, "post_id": post.id, "moved_at": now}
        for post, _number in places
    ]
    upsert(MovedPost, rows, keys=("thread_id", "number"))
    again = [number for _post, number in places]
    db.session.execute(delete(MovedPost).where(MovedPost.thread_id == target.id, MovedPost.number.in_(again)))
