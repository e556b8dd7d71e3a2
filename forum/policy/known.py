"""Whom somebody meets already: who may be asked for a review, and whom a guest may mention, is nobody else."""

from sqlalchemy import ColumnElement, exists, or_, select

from forum.models.accounts import Member
from forum.models.spaces import Membership
from forum.models.threads import Post, Thread
from forum.policy.visibility import Reader, sees


def known(reader: Reader) -> ColumnElement[bool]:
    """Return whether the reader meets a `Member` already: in a space of both, or by what they wrote where they read."""
    together = select(Membership.member_id).where(sees(Membership, reader))
    wrote = exists().where(
        Post.author_id == Member.id,
        Post.hidden_at.is_(None),
        Post.deleted_at.is_(None),
        Thread.id == Post.thread_id,
        sees(Thread, reader),
    )
    return or_(Member.id.in_(together), wrote.correlate(Member))
