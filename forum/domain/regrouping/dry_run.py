"""What an act would do to the readers of something, worked out before it, with nothing written.

Of lessons only those are told of that the actor reads: even how many others there are would say that somebody elsewhere
works on one.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from forum.domain.lessons import impact
from forum.domain.lessons.impact import Loss
from forum.domain.regrouping import authors, sight
from forum.domain.regrouping.refusals import Refusal
from forum.domain.regrouping.regroupings import Regrouping
from forum.domain.regrouping.sight import Sight
from forum.domain.threads import following
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.lessons import Lesson, LessonSource, LessonVersion
from forum.models.responses import ThreadResponse
from forum.models.summaries import SummaryVersion
from forum.models.threads import Post, PostRevision
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import Conflict


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would become of whom. `digest` says it in a few letters, for the form that confirms it.

    `others`: the ids of those besides the actor whose words would reach somebody who could not read them, now or once
    they join; none where nobody new reads them. `authors_lose`: names of those whose own posts they would read no more.
    """

    regrouping: Regrouping
    sight: Sight
    others: tuple[int, ...]
    own: tuple[int, ...]  # the actor's id, where they wrote there as well
    authors_lose: tuple[str, ...]
    lessons: tuple[Loss, ...]
    drafts: tuple[str, ...]  # titles of lessons that are made, of a space that the actor moderates
    told: int
    digest: str
    refusal: Refusal | None  # why it cannot be done now

    @property
    def asks_others(self) -> bool:
        """Whether others have to agree first."""
        return bool(self.others)

    @property
    def takes_away(self) -> bool:
        """Whether anybody loses sight of it."""
        return self.sight.visitors_lose or self.sight.lost.number > 0


def of(actor: Actor, regrouping: Regrouping, refusal: Refusal | None = None) -> DryRun:
    """Return what an act would do that the actor may do, as far as they may know (a bounded number of queries)."""
    seen = sight.of(actor, regrouping.before, regrouping.after)
    # For more than one space, others say who joins later: the authors are asked though nobody new reads it now.
    asks = seen.is_wider or regrouping.after.audience.rank > regrouping.before.audience.rank
    wrote = authors.of(regrouping)
    told = following.told_there(regrouping.thread, regrouping.after, actor_id=actor.id)
    lessons = impact.of_thread(actor, regrouping.thread.id)
    return DryRun(
        regrouping,
        seen,
        others=tuple(one for one in wrote if one != actor.id) if asks else (),
        own=tuple(one for one in wrote if one == actor.id),
        authors_lose=tuple(authors.who_lose(regrouping)),
        lessons=tuple(lessons),
        drafts=tuple(drafts(actor, regrouping.thread.id)),
        told=told,
        digest=_digest(regrouping, seen, wrote),
        refusal=refusal,
    )


def require_same(found: DryRun, digest: str | None) -> None:
    """Do nothing where somebody looked at this very dry run; Conflict where readers or words changed since."""
    if found.digest != digest:
        raise Conflict(
            _("Something changed since you looked. This is how it is now: look again, and decide.")
        )


def drafts(actor: Actor, thread_id: int) -> list[str]:
    """Return the titles of lessons that are made of a thread, of a space that the actor moderates (one query)."""
    query = (
        select(LessonVersion.title)
        .join(Lesson, Lesson.working_id == LessonVersion.id)
        .join(LessonSource, LessonSource.lesson_id == Lesson.id)
        .where(
            LessonSource.thread_id == thread_id,
            Lesson.space_id.in_(moderated(actor)),
            Lesson.current_id.is_(None),
        )
        .order_by(Lesson.id)
    )
    return list(db.session.scalars(query))


def _digest(regrouping: Regrouping, seen: Sight, wrote: list[int]) -> str:
    thread = regrouping.thread
    facts: list[Any] = [
        regrouping.kind.value,
        thread.id,
        [[place.space_id, place.audience.value] for place in (regrouping.before, regrouping.after)],
        regrouping.post_ids,
        [seen.before, seen.lost.ids, seen.gained.ids, seen.visitors_lose, seen.visitors_gain],
        wrote,
        [thread.last_number, *_last_words(thread.id)],
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def _last_words(thread_id: int) -> list[Any]:
    """The latest of everything that was said in a thread (one query)."""
    texts = (
        select(func.max(PostRevision.id))
        .join(Post, Post.id == PostRevision.post_id)
        .where(Post.thread_id == thread_id)
    )
    gone = select(func.count(Post.id)).where(
        Post.thread_id == thread_id, Post.hidden_at.is_(None), Post.deleted_at.is_(None)
    )
    beside: list[Any] = [
        select(func.max(kind.id)).where(kind.thread_id == thread_id)
        for kind in (ThreadResponse, SummaryVersion)
    ]
    columns = [query.scalar_subquery() for query in (texts, gone, *beside)]
    return list(db.session.execute(select(*columns)).one())
