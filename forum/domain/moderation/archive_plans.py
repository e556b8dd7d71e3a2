"""What archiving a thread would do, before it is done: what rests on it, what still waits in it, who is told.

The digest of what was shown goes along with the press.
"""

import hashlib
import json
from dataclasses import astuple, dataclass
from typing import Any

from forum.domain.lessons import impact
from forum.domain.lessons.impact import Loss
from forum.domain.moderation import pinning, still_waiting
from forum.domain.moderation.still_waiting import Waiting
from forum.domain.regrouping import dry_run
from forum.domain.threads import following
from forum.infra.i18n import _
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.errors import Conflict


@dataclass(frozen=True, slots=True)
class ArchivePlan:
    """What would become of a thread that is archived."""

    thread: Thread
    lessons: list[Loss]  # that rest on it, as far as the actor reads them
    drafts: list[str]  # titles of lessons that are made of it, of a space that the actor moderates
    waiting: Waiting
    is_pinned: bool
    told: int
    digest: str


def of(actor: Actor, thread: Thread) -> ArchivePlan:
    """Return what would be done; whoever calls this asked whether the actor may (a bounded number of queries)."""
    lessons, drafts = impact.of_thread(actor, thread.id), dry_run.drafts(actor, thread.id)
    waiting = still_waiting.of(actor, thread)
    facts: list[Any] = [thread.id, thread.space_id, thread.last_number, *astuple(waiting), drafts]
    facts += [lesson.public_id for lesson in lessons]
    return ArchivePlan(
        thread,
        lessons,
        drafts,
        waiting,
        is_pinned=pinning.is_pinned(thread),
        told=len(following.told_of_thread(thread, actor_id=actor.id)),
        digest=hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32],
    )


def require_seen(plan: ArchivePlan, seen: str) -> None:
    """Do nothing where this very plan was shown; Conflict."""
    if plan.digest != seen:
        raise Conflict(
            _("Something changed since you looked. This is how it is now: look again, and decide.")
        )
