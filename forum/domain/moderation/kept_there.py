"""What keeps a thread in its space, or with its readers, as far as the moderator who looks may know it.

`threads/waiting_there.py` asks the same for everybody, and says to nobody which of it there is.
"""

from dataclasses import dataclass

from sqlalchemy import func, select

from forum.domain.lessons import impact
from forum.domain.lessons.impact import Loss
from forum.domain.moderation import still_waiting
from forum.domain.moderation.still_waiting import Waiting
from forum.domain.regrouping import dry_run
from forum.domain.threads import waiting_there
from forum.infra.db import db
from forum.models.threads import Post, Thread
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is: lessons that rest on it, titles of those that are made of it, what is hidden and what waits."""

    lessons: list[Loss]
    drafts: list[str]
    hidden: int
    has_hidden_words: bool
    waiting: Waiting

    @property
    def waits(self) -> bool:
        """Whether anything waits on the desk."""
        return bool(self.waiting.reports or self.waiting.held or self.waiting.pointed_out)

    @property
    def is_any(self) -> bool:
        """Whether the actor may know any of it."""
        return bool(self.lessons or self.drafts or self.hidden or self.has_hidden_words or self.waits)


def of(actor: Actor, thread: Thread) -> Kept:
    """Return what there is in a thread, to a moderator of its space (a bounded number of queries); Forbidden."""
    require(may_moderate(actor, thread.space_id))
    hidden = select(func.count(Post.id)).where(Post.thread_id == thread.id, Post.hidden_at.is_not(None))
    return Kept(
        impact.of_thread(actor, thread.id),
        dry_run.drafts(actor, thread.id),
        hidden=db.session.scalar(hidden) or 0,
        has_hidden_words=waiting_there.has_hidden_words(thread),
        waiting=still_waiting.of(actor, thread),
    )
