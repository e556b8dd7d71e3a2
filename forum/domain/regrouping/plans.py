"""What a split or a merge would do, before it is done: which posts go, who loses sight of them, who is told.

The digest of what was shown goes along with the press: where anything of it changed, it is shown anew first.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, bindparam, literal, not_, select

from forum.domain.lessons import impact
from forum.domain.lessons.impact import Loss
from forum.domain.regrouping import beside, reasons
from forum.domain.regrouping.beside import Beside
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.spaces import Audience
from forum.models.threads import Post, Thread
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.finding import finds
from forum.policy.splitting import may_take_along
from forum.policy.standing import within
from forum.policy.visibility import audience_within

MOST_NAMES = 20


class Changed(Conflict):
    """What was shown before is not what would be done now."""


@dataclass(frozen=True, slots=True)
class People:
    """Members, as names where the moderator finds them; `count` is of all."""

    count: int
    names: tuple[str, ...]

    @property
    def others(self) -> int:
        """How many are not named."""
        return self.count - len(self.names)


NOBODY = People(0, ())


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done: posts of `thread` go to `target`, a new thread where that is None, read by `audience`."""

    thread: Thread
    target: Thread | None
    posts: list[Post]
    title: str
    audience: Audience
    lost: People  # who can read these posts now, and no longer then
    lost_of_target: People  # the same of the posts that stand in the target
    from_visitors: bool  # and people without an account, too
    told: People  # who wrote these posts
    lessons: list[Loss]
    beside: Beside | None  # of a merge
    asks_reason: bool  # fewer read what others wrote
    summed_up: int  # of a split: sentences of where the thread stands that rest on these posts
    digest: str


def require_all(actor: Actor, posts: Sequence[Post]) -> None:
    """Do nothing where the actor may let all these posts go to another thread; Forbidden."""
    for post in posts:
        require(may_take_along(actor, post.author_id))


def of(
    actor: Actor,
    thread: Thread,
    posts: list[Post],
    *,
    target: Thread | None = None,
    title: str = "",
    audience: Audience,
) -> Plan:
    """Return what would be done; whoever calls this asked whether the actor may."""
    lost_ids, lost = _lost(actor, thread, audience)
    target_ids, lost_of_target = _lost(actor, target, audience)
    lessons = _lessons(actor, thread, posts, target, audience)
    along = beside.planned(thread, target) if target is not None else None
    summed_up = 0 if target is not None else beside.summed_up(thread, [post.id for post in posts])
    author_ids = sorted({post.author_id for post in posts} - {actor.id})
    facts = {
        "threads": [_facts(thread), _facts(target)],
        "posts": [[post.id, post.revision, str(post.hidden_at), str(post.deleted_at)] for post in posts],
        "then": [title, audience.value],
        "lost": [lost_ids, target_ids],
        "lessons": [lesson.public_id for lesson in lessons],
        "beside": along.facts if along is not None else [summed_up],
    }
    return Plan(
        thread,
        target,
        posts,
        title,
        audience,
        lost=lost,
        lost_of_target=lost_of_target,
        from_visitors=audience != Audience.PUBLIC
        and Audience.PUBLIC in (thread.audience, getattr(target, "audience", None)),
        told=_people(actor, select(Member.name).where(Member.id.in_(author_ids)), len(author_ids)),
        lessons=lessons,
        beside=along,
        asks_reason=any(
            reasons.is_asked(actor, one, audience) for one in (thread, target) if one is not None
        ),
        summed_up=summed_up,
        digest=hashlib.sha256(json.dumps(facts).encode()).hexdigest(),
    )


def _lessons(
    actor: Actor, thread: Thread, posts: Sequence[Post], target: Thread | None, audience: Audience
) -> list[Loss]:
    """Those that rest on the posts, and where the thread they go to gets fewer readers, those that rest on that."""
    found = list(impact.of_posts(actor, thread.id, [post.id for post in posts]))
    if target is None or target.audience == audience:
        return found
    known = {lesson.public_id for lesson in found}
    return found + [one for one in impact.of_thread(actor, target.id) if one.public_id not in known]


def require_seen(plan: Plan, seen: str) -> None:
    """Do nothing where this very plan was shown; Changed."""
    if plan.digest != seen:
        raise Changed(_("Something changed since. Look at it once more: this is what would be done now."))


def _facts(thread: Thread | None) -> list[Any]:
    if thread is None:
        return []
    return [thread.id, thread.title, thread.audience.value, thread.space_id, thread.last_number,
            str(thread.locked_at)]  # fmt: skip


def _losing(thread: Thread, audience: Audience, *columns: Any) -> Select[Any]:
    """Select who reads a thread now, and would not with that audience."""
    then = within(literal(audience.value), literal(thread.space_id), Member.id)
    query = audience_within(thread.space_id, thread.audience).with_only_columns(*columns)
    return query.where(not_(then))


def _lost(actor: Actor, thread: Thread | None, audience: Audience) -> tuple[list[int], People]:
    if thread is None or audience == thread.audience:
        return [], NOBODY
    ids = list(db.session.scalars(_losing(thread, audience, Member.id).order_by(Member.id)))
    return ids, _people(actor, _losing(thread, audience, Member.name), len(ids))


def _people(actor: Actor, names: Select[Any], count: int) -> People:
    reader_id = bindparam("finder_id", actor.id, type_=Integer, unique=True)
    query = names.where(finds(reader_id)).order_by(Member.sort_key, Member.id)
    return People(count, tuple(db.session.scalars(query.limit(MOST_NAMES)))) if count else NOBODY
