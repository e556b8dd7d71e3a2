"""What of a thread is for the moderators of its space and for those of no other one: it keeps the thread there.

Nobody learns here which of it there is: a post of their own may have been reported.
"""

from typing import Any

from sqlalchemy import exists, select

from forum.domain.threads import post_store
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.held import HeldPost, PointedOut
from forum.models.lessons import LessonSource
from forum.models.post_reports import PostReport, PostSettlement, ReportOutcome
from forum.models.responses import ThreadResponse
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.errors import Conflict


def require_none(thread: Thread) -> None:
    """Do nothing for a thread that may leave its space, whoever moves it; Conflict for others, in the same words."""
    if why := why_it_stays(thread):
        raise Conflict(why)


def why_it_stays(thread: Thread) -> str:
    """Return why a thread cannot leave its space, whoever moves it; empty where it may (a few queries)."""
    # A lesson belongs to the space of its thread, and what it may quote follows from where that stands. What is hidden
    # whoever moderates the other space could show again, and they would read why.
    if has_lesson(thread.id) or post_store.has_hidden(thread) or has_hidden_words(thread) or _waits(thread):
        return _(
            "This thread stays in this space for now: a lesson rests on it or is made from it, something in it is "
            "hidden, or something in it waits for the moderators of this space."
        )
    return ""


def why_reply_waits(thread: Thread) -> str:
    """Return that a reply waits to appear, where one does: its author wrote for the readers of now."""
    waits = select(exists().where(HeldPost.thread_id == thread.id, HeldPost.outcome.is_(None)))
    return _("A reply waits here for a moderator. Decide on that first.") if db.session.scalar(waits) else ""


def why_readers_stay(thread: Thread) -> str:
    """Return why its author cannot let more people read a thread: something waits in it for moderators; or nothing.

    In the same words for a report as for a reply: its author wrote for the readers of now.
    """
    if not _waits(thread):
        return ""
    return _("This thread keeps its readers for now: something in it waits for the moderators of this space.")


def has_lesson(thread_id: int) -> bool:
    """Return whether a lesson rests on a thread."""
    return bool(db.session.scalar(select(exists().where(LessonSource.thread_id == thread_id))))


def has_hidden_words(thread: Thread) -> bool:
    """Return whether a short response, or an earlier text of a post, is hidden by a moderator (two queries)."""
    sentences = select(ThreadResponse.id).where(
        ThreadResponse.thread_id == thread.id, ThreadResponse.hidden_at.is_not(None)
    )
    versions = (
        select(PostRevision.id)
        .join(Post, Post.id == PostRevision.post_id)
        .where(Post.thread_id == thread.id, PostRevision.hidden_at.is_not(None))
    )
    return any(db.session.scalar(query.limit(1)) is not None for query in (sentences, versions))


def _waits(thread: Thread) -> bool:
    """Whether a reply waits there, a watched word is pointed out, or a post is reported (four queries)."""
    queries: list[Any] = [
        select(HeldPost.id).where(HeldPost.thread_id == thread.id, HeldPost.outcome.is_(None))
    ]
    queries += [query.where(Post.thread_id == thread.id) for query in _of_posts()]
    return any(db.session.scalar(query.limit(1)) is not None for query in queries)


def _of_posts() -> list[Any]:
    """The queries of posts that are reported, or in which a watched word is pointed out.

    Reports of what its author took back are open again once it is put back.
    """
    stands = Post.deleted_at.is_(None)
    taken_back = (PostSettlement.outcome == ReportOutcome.TAKEN_BACK) & PostSettlement.undone_at.is_(None)
    waiting: tuple[tuple[Any, Any], ...] = (
        (PostReport, PostReport.settlement_id.is_(None) & stands),
        (PointedOut, PointedOut.seen_at.is_(None) & Post.hidden_at.is_(None) & stands),
        (PostSettlement, taken_back),
    )
    return [select(Post.id).join(row, row.post_id == Post.id).where(waits) for row, waits in waiting]
