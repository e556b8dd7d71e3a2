"""What members follow: set by themselves, begun by writing, and who is told of a post or of what becomes of a thread.

The choice for a thread goes before that for its space, but who mutes a space hears nothing of threads in which they
only wrote. Without either a member is told of answers to their story and of mentions, and of every post where a
subscription of theirs says at once.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, false, func, literal, or_, select, union
from sqlalchemy.orm import aliased

from forum.domain.threads import mentions
from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_new, upsert
from forum.models.accounts import Member
from forum.models.following import FollowLevel, Mention, SpaceFollow, ThreadFollow
from forum.models.notifications import Notification
from forum.models.spaces import Space
from forum.models.subscriptions import Delivery, Subscription
from forum.models.themes import Axis, ThreadTag
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.thread_readers import Place, reads_there
from forum.policy.visibility import audience, get_visible

_LEVEL = ThreadFollow.level.type
_PLACE, _MUTED = aliased(Thread), aliased(SpaceFollow)
# Whether they chose to follow all of the thread, and did not only write in it.
_CHOSE = case((and_(ThreadFollow.chosen, ThreadFollow.level == FollowLevel.ALL), 1), else_=0)


def holds() -> ColumnElement[bool]:
    """Return whether a `ThreadFollow` holds: one that nobody chose gives way to a muted space."""
    muted = exists().where(
        _PLACE.id == ThreadFollow.thread_id,
        _MUTED.member_id == ThreadFollow.member_id,
        _MUTED.space_id == _PLACE.space_id,
        _MUTED.level == FollowLevel.NOTHING,
    )
    return or_(ThreadFollow.chosen, ~muted.correlate(ThreadFollow))


def muted(reader_id: Any) -> ColumnElement[bool]:
    """Return whether a member muted a thread, or its space while they did not choose the thread.

    For lists: what the member follows is read once, not for each thread.
    """
    follow = select(ThreadFollow.thread_id).where(ThreadFollow.member_id == reader_id)
    spaces = select(SpaceFollow.space_id).where(
        SpaceFollow.member_id == reader_id, SpaceFollow.level == FollowLevel.NOTHING
    )
    thread = Thread.id.in_(follow.where(ThreadFollow.level == FollowLevel.NOTHING))
    return or_(thread, and_(Thread.space_id.in_(spaces), Thread.id.not_in(follow.where(ThreadFollow.chosen))))


def follow_thread(actor: Actor, thread_id: int, *, level: FollowLevel) -> None:
    """Set what the actor is told of a thread; NotFound."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    row = {"thread_id": thread.id, "level": FollowLevel(level), "chosen": True, "changed_at": clock.now()}
    upsert(ThreadFollow, [{"member_id": actor.id, **row}], keys=("member_id", "thread_id"))


def follow_space(actor: Actor, space_id: int, *, level: FollowLevel) -> None:
    """Set what the actor is told of a space; NotFound."""
    space: Space = get_visible(Space, actor, space_id)
    row = {"space_id": space.id, "level": FollowLevel(level), "changed_at": clock.now()}
    upsert(SpaceFollow, [{"member_id": actor.id, **row}], keys=("member_id", "space_id"))


def mutes(actor: Actor, space_id: int) -> bool:
    """Return whether the actor muted a space, and hears nothing of threads there in which they only write."""
    muted = (SpaceFollow.member_id == actor.id, SpaceFollow.space_id == space_id)
    return bool(db.session.scalar(select(exists().where(*muted, SpaceFollow.level == FollowLevel.NOTHING))))


def begin(member_id: int, thread_id: int) -> None:
    """Let somebody who wrote in a thread follow it, unless they follow or muted it already (system verb)."""
    row = {"level": FollowLevel.ALL, "chosen": False, "changed_at": clock.now()}
    insert_new(ThreadFollow, [{"member_id": member_id, "thread_id": thread_id, **row}])


class _Standing(NamedTuple):
    """A thread as it would stand elsewhere, for what follows it."""

    id: int
    space_id: int
    axis: Axis | None


class Reached(NamedTuple):
    """Why somebody is told of a post, the strongest first; and whether they chose to follow all of the thread."""

    reasons: tuple[str, ...]
    chose_thread: bool


def told_of_post(thread: Thread, post: Post, *, after_id: int, limit: int) -> dict[int, Reached]:
    """Return who is told of a new post and why, by ids greater than `after_id` and in their order.

    Only who may read it, and not its author.
    """
    level, mentioned = _level(thread), mentions.mentioned(post.id)
    is_answer = Member.id == thread.author_id if post.number > 1 else false()
    reasons = {
        "mention": Member.id.in_(mentioned),
        "answer": is_answer,
        "followed": level == FollowLevel.ALL,
    }
    at_once = select(Subscription.member_id).where(Subscription.delivery == Delivery.AT_ONCE, _about(thread))
    followed = select(SpaceFollow.member_id).where(
        SpaceFollow.space_id == thread.space_id, SpaceFollow.level == FollowLevel.ALL
    )
    named = select(Mention.member_id).where(Mention.post_id == post.id)
    candidates = union(*_of_thread(thread), followed, at_once, named)
    query = _readers(post, thread, _CHOSE, *reasons.values()).where(
        Member.id.in_(candidates),
        Member.id != post.author_id,
        Member.id > after_id,
        level != FollowLevel.NOTHING,
        or_(*reasons.values()),
    )
    return {
        member_id: Reached(
            tuple(name for name, holds in zip(reasons, said, strict=True) if holds), bool(chose)
        )
        for member_id, chose, *said in db.session.execute(query.order_by(Member.id).limit(limit))
    }


def told_of_change(thread: Thread, post: Post, revision: int) -> dict[int, Reached]:
    """Return who is told that a new text of a post mentions them: nobody whom the post addressed before."""
    addressed = exists().where(
        Notification.member_id == Member.id,
        Notification.post_id == post.id,
        Notification.kind.in_(("mention", "answer")),
    )
    query = _readers(post, thread, _CHOSE).where(
        Member.id.in_(mentions.newly_mentioned(post.id, revision)),
        Member.id != post.author_id,
        _level(thread) != FollowLevel.NOTHING,
        ~addressed.correlate(Member),
    )
    rows = db.session.execute(query.order_by(Member.id))
    return {member_id: Reached(("mention",), bool(chose)) for member_id, chose in rows}


def comes_at_once(reader_id: Any) -> ColumnElement[bool]:
    """Return whether every post of a `Thread` comes at once to a reader, as their subscriptions have it."""
    return _subscribed(Thread, reader_id)


def told_of_thread(thread: Thread, *, actor_id: int) -> list[int]:
    """Return who is told of what somebody did with a thread: its author and who follows every post of it."""
    query = _readers(thread, thread).where(
        Member.id.in_(union(*_of_thread(thread))),
        Member.id != actor_id,
        _level(thread) != FollowLevel.NOTHING,
    )
    return list(db.session.scalars(query.order_by(Member.id)))


def told_there(thread: Thread, place: Place, *, actor_id: int) -> int:
    """Return how many `told_of_thread` would find if the thread stood elsewhere (one query)."""
    there = _Standing(thread.id, place.space_id, thread.axis)
    readers = select(func.count(Member.id)).where(reads_there(place))
    query = _with_levels(readers, there).where(
        Member.id.in_(union(*_of_thread(there))),
        Member.id != actor_id,
        _level(there) != FollowLevel.NOTHING,
    )
    return db.session.scalar(query) or 0


def tells_author(thread: Thread) -> bool:
    """Return whether the author of a thread hears of what others do with it: they can read it, and did not mute it."""
    query = _readers(thread, thread).where(
        Member.id == thread.author_id, _level(thread) != FollowLevel.NOTHING
    )
    return db.session.scalar(query) is not None


def _readers(row: Post | Thread, thread: Thread, *columns: Any) -> Any:
    """Who may see a post or a thread, each with their own levels beside them."""
    return _with_levels(audience(row).with_only_columns(Member.id, *columns), thread)


def _with_levels(members: Any, thread: Thread | _Standing) -> Any:
    return members.outerjoin(
        ThreadFollow,
        and_(ThreadFollow.member_id == Member.id, ThreadFollow.thread_id == thread.id, holds()),
    ).outerjoin(
        SpaceFollow, and_(SpaceFollow.member_id == Member.id, SpaceFollow.space_id == thread.space_id)
    )


def _level(thread: Thread | _Standing) -> ColumnElement[FollowLevel]:
    comes_at_once = case(
        (_subscribed(thread, Member.id), literal(FollowLevel.ALL, _LEVEL)),
        else_=literal(FollowLevel.ANSWERS, _LEVEL),
    )
    return func.coalesce(ThreadFollow.level, SpaceFollow.level, comes_at_once)


def _of_thread(thread: Thread | _Standing) -> Any:
    followed = select(ThreadFollow.member_id).where(
        ThreadFollow.thread_id == thread.id, ThreadFollow.level == FollowLevel.ALL
    )
    return followed, select(Thread.author_id).where(Thread.id == thread.id)


def _subscribed(thread: Any, member_id: Any) -> ColumnElement[bool]:
    """Whether posts of a thread come at once: its own subscription decides, else those around it, if none stops it."""

    def says(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        found = exists().where(Subscription.member_id == member_id, *conditions)
        return found.correlate_except(Subscription)

    own, around = Subscription.thread_id == thread.id, _around(thread)
    at_once, stopped = Subscription.delivery == Delivery.AT_ONCE, Subscription.delivery == Delivery.NOTHING
    return or_(says(own, at_once), and_(~says(own), says(around, at_once), ~says(around, stopped)))


def _about(thread: Thread) -> ColumnElement[bool]:
    return or_(Subscription.thread_id == thread.id, _around(thread))


def _around(thread: Any) -> ColumnElement[bool]:
    tags = select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread.id)
    # Compared with None it would be about every subscription that has no axis.
    of_axis = false() if thread.axis is None else Subscription.axis == thread.axis
    return or_(Subscription.space_id == thread.space_id, of_axis, Subscription.tag_id.in_(tags))
