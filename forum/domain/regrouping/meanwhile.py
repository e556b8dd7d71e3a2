"""What became of a thread since a moment: whether anybody wrote for its readers of then, and whether it still runs."""

from datetime import datetime

from sqlalchemy import or_, select

from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.held import HeldOutcome, HeldPost
from forum.models.responses import ThreadResponse
from forum.models.summaries import SummaryVersion
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.errors import Conflict


def require_running(thread: Thread) -> None:
    """Do nothing for a thread that is not in the archive: a moderator put it there for what it is now. Conflict."""
    if thread.archived_at is not None:
        raise Conflict(_("This thread was archived since. This can no longer be undone."))


def is_written_in(thread: Thread, *, since: datetime) -> bool:
    """Return whether a text of a post was changed, or anything said beside the posts: a new post has a number."""
    changed = (
        select(PostRevision.id)
        .join(Post, Post.id == PostRevision.post_id)
        .where(Post.thread_id == thread.id, PostRevision.created_at > since)
        .limit(1)
    )
    responded = (
        select(ThreadResponse.id)
        .where(ThreadResponse.thread_id == thread.id, ThreadResponse.said_at > since)
        .limit(1)
    )
    summarised = (
        select(SummaryVersion.id)
        .where(SummaryVersion.thread_id == thread.id, SummaryVersion.created_at > since)
        .limit(1)
    )
    # What waits for a moderator, or was refused and may wait again, would appear for whoever reads it then.
    waits = or_(HeldPost.outcome.is_(None), HeldPost.outcome == HeldOutcome.REFUSED)
    held = (
        select(HeldPost.id)
        .where(HeldPost.thread_id == thread.id, HeldPost.written_at > since, waits)
        .limit(1)
    )
    return any(db.session.scalar(query) is not None for query in (changed, responded, summarised, held))
