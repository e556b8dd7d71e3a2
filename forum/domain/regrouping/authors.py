"""Whose words something holds: all who wrote a post there, responded to it or said where it stands.

Also words that nobody reads now were meant for the readers of that moment, and could be shown again.
"""

from typing import Any

from sqlalchemy import ColumnElement, select, union

from forum.domain.regrouping import sight
from forum.domain.regrouping.regroupings import Regrouping
from forum.infra.db import db
from forum.infra.in_lists import in_list
from forum.models.accounts import Member
from forum.models.responses import ThreadResponse
from forum.models.summaries import SummaryVersion
from forum.models.threads import Post


def of(regrouping: Regrouping) -> list[int]:
    """Return the ids of all whose words go along, in their order (one query)."""
    if regrouping.post_ids is None:
        return of_thread(regrouping.thread.id)
    posts = select(Post.author_id).where(*_posts(regrouping))
    return sorted(set(db.session.scalars(posts, _values(regrouping))))


def of_thread(thread_id: int) -> list[int]:
    """Return the ids of all whose words a thread holds, in their order (one query)."""
    beside = (
        select(Post.author_id).where(Post.thread_id == thread_id),
        select(ThreadResponse.member_id).where(ThreadResponse.thread_id == thread_id),
        select(SummaryVersion.editor_id).where(SummaryVersion.thread_id == thread_id),
    )
    return sorted(set(db.session.scalars(union(*beside))))


def who_lose(regrouping: Regrouping) -> list[str]:
    """Return the names of those whose posts stand there and who would read them no more (one query)."""
    stands = (Post.hidden_at.is_(None), Post.deleted_at.is_(None))
    wrote = select(Post.author_id).where(*_posts(regrouping), *stands)
    lose = sight.loses(regrouping.before, regrouping.after)
    query = select(Member.name).where(Member.id.in_(wrote), lose).order_by(Member.sort_key, Member.id)
    return list(db.session.scalars(query, _values(regrouping)))


def _posts(regrouping: Regrouping) -> list[ColumnElement[bool]]:
    all_of_it: list[Any] = [Post.thread_id == regrouping.thread.id]
    return all_of_it if regrouping.post_ids is None else [*all_of_it, in_list(Post.id, "post_ids")]


def _values(regrouping: Regrouping) -> dict[str, Any]:
    return {} if regrouping.post_ids is None else {"post_ids": list(regrouping.post_ids)}
