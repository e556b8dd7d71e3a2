"""Who settles what: the moderators of a space, and its deputy where its only moderator cannot, or all are away.

The same conditions find what waits for somebody, and say whether they may settle one post.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from forum.domain.spaces import deputies
from forum.domain.threads import post_store, posts
from forum.infra.db import db
from forum.models.post_reports import PostReport
from forum.models.threads import Post, Thread
from forum.policy.actions import YES, Answer, may_moderate
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import NotFound
from forum.policy.moderating import SettlerFacts
from forum.policy.visibility import reached

OPEN = PostReport.settlement_id.is_(None)
_REPORT = aliased(PostReport)
# Whose account is gone is nobody: a NULL would make the comparison unknown, and nobody a moderator.
_WHO_HID = func.coalesce(Post.hidden_by_id, 0)


def place(actor: Actor, post_id: int, *, lock: bool = False) -> tuple[Thread, Post]:
    """Return a post and its thread; a hidden one also to the deputy who looks after it, as `posts.place` would not.

    Of a hidden opening post nobody but its author and moderators sees the thread. NotFound.
    """
    try:
        return post_store.locked_post(actor, post_id) if lock else posts.place(actor, post_id)
    except NotFound:
        query = (
            select(Thread, Post)
            .join(Post, Post.thread_id == Thread.id)
            .where(
                Post.id == post_id,
                Post.hidden_at.is_not(None),
                Thread.withdrawn_at.is_(None),
                reached(Thread.audience, Thread.space_id, actor),
                or_(_is_deputy(actor, Post.author_id, _WHO_HID), _hid_instead(actor)),
            )
            .execution_options(populate_existing=True)
        )
        row = db.session.execute(query.with_for_update(of=Thread) if lock else query).one_or_none()
        if row is None:
            raise
        if lock:  # its thread was waited for: another press may have shown it again
            db.session.refresh(row.Post)
        set_committed_value(row.Post, "thread", row.Thread)
        return row.Thread, row.Post


def facts(actor: Actor, post: Post, thread: Thread) -> SettlerFacts:
    """Return what the actor is to the reports of a post that they may see (one query)."""
    columns = (_stands_in(actor, Post.author_id, _alone_barred()), _alone(actor.id), _another(actor))
    return _found(columns, post, thread)


def facts_of_objection(actor: Actor, post: Post, thread: Thread) -> SettlerFacts:
    """Return what the actor is to an objection against a hidden post that they may see (one query)."""
    stands_in = _is_deputy(actor, Post.author_id, _WHO_HID)
    return _found((stands_in, false(), _another(actor)), post, thread)


def settles(actor: Actor) -> ColumnElement[bool]:
    """Return whether the reports of a `Post` in a `Thread` wait for the actor, as `may_settle` has it."""
    barred = and_(_alone(actor.id), _another(actor))
    return and_(
        Post.author_id != actor.id,
        or_(_moderates(actor), _stands_in(actor, Post.author_id, _alone_barred())),
        ~barred,
    )


def decides(actor: Actor) -> ColumnElement[bool]:
    """Return whether an objection about a `Post` in a `Thread` waits for the actor, as `may_decide_objection`."""
    return and_(
        Post.author_id != actor.id,
        Post.hidden_by_id.is_distinct_from(actor.id),
        or_(_moderates(actor), _is_deputy(actor, Post.author_id, _WHO_HID)),
    )


def or_deputy(actor: Actor, post: Post, thread: Thread, answer: Answer) -> Answer:
    """Return whether a moderator may show a post again; for a no, yes to the deputy who hid it in their place."""
    if answer or may_moderate(actor, thread.space_id) or post.hidden_by_id != actor.id:
        return answer
    return YES if facts(actor, post, thread).is_deputy else answer


def deputy_for(post: Post, thread: Thread) -> int | None:
    """Return the deputy who alone can settle what is about a post, as nobody else may; None where that is nobody."""
    if _is_another_left(post, thread):
        return None
    deputy_id = deputies.of_space(thread.space_id)
    return None if deputy_id in _barred(post) else deputy_id


def is_looked_at(post: Post, thread: Thread, *, said_by: int | None = None) -> bool:
    """Return whether anybody may settle what is about a post, so that an answer can be promised to who says so.

    No promise to the deputy, who may have to wait for a moderator.
    """
    return _is_another_left(post, thread) or deputy_for(post, thread) not in (None, said_by)


def _is_another_left(post: Post, thread: Thread) -> bool:
    # An objection waits until its moderators are back: the deputy settles what is reported only.
    if post.hidden_at is not None:
        left = deputies.another_moderates(Thread.space_id, *_barred(post))
    else:
        left = deputies.another_is_there(Thread.space_id, *_barred(post), _alone_barred())
    query = select(left).select_from(Thread).join(Post, Post.thread_id == Thread.id)
    return bool(db.session.scalar(query.where(Thread.id == thread.id, Post.id == post.id)))


def _barred(post: Post) -> list[int]:
    return [post.author_id, *([post.hidden_by_id] if post.hidden_by_id is not None else [])]


def without_any() -> ColumnElement[bool]:
    """Return whether nobody can settle what was reported of a `Post` in a `Thread`: no other moderator, no deputy."""
    return and_(
        ~deputies.another_moderates(Thread.space_id, Post.author_id),
        ~deputies.has_any(Thread.space_id, Post.author_id),
    )


def nobody_settles() -> ColumnElement[bool]:
    """Return whether nobody is there who may settle the reports of a `Post` in a `Thread`, as `settles` has it."""
    there = deputies.another_is_there(Thread.space_id, Post.author_id, _alone_barred())
    another = deputies.another_moderates(Thread.space_id, Post.author_id)
    stands_in = deputies.has_any(
        Thread.space_id, Post.author_id, unless=lambda deputy_id: and_(_alone(deputy_id), another)
    )
    return and_(~there, ~stands_in)


def nobody_decides() -> ColumnElement[bool]:
    """Return whether nobody may decide on an objection about a `Post` in a `Thread`, as `decides` has it."""
    barred = (Thread.space_id, Post.author_id, _WHO_HID)
    return and_(~deputies.another_moderates(*barred), ~deputies.has_any(*barred))


def _found(columns: tuple[Any, ...], post: Post, thread: Thread) -> SettlerFacts:
    query = select(*columns).select_from(Post).join(Thread, Thread.id == Post.thread_id)
    row = db.session.execute(query.where(Post.id == post.id, Thread.id == thread.id)).one()
    return SettlerFacts(is_deputy=bool(row[0]), alone=bool(row[1]), another=bool(row[2]))


def _moderates(actor: Actor) -> ColumnElement[bool]:
    here = moderated(actor)
    return Thread.space_id.in_(here)


def _is_deputy(actor: Actor, *barred: Any) -> ColumnElement[bool]:
    """Whether the actor is the deputy, and no moderator is left but those that may not."""
    alone = ~deputies.another_moderates(Thread.space_id, *barred)
    return and_(deputies.is_deputy(Thread.space_id, actor.id), alone, Post.author_id != actor.id)


def _stands_in(actor: Actor, *barred: Any) -> ColumnElement[bool]:
    """Whether the actor is the deputy, and no moderator is there but those that may not: the others are away today."""
    nobody = ~deputies.another_is_there(Thread.space_id, *barred)
    return and_(deputies.is_deputy(Thread.space_id, actor.id), nobody, Post.author_id != actor.id)


def _hid_instead(actor: Actor) -> ColumnElement[bool]:
    return and_(Post.hidden_by_id == actor.id, _stands_in(actor, Post.author_id))


def _another(actor: Actor) -> ColumnElement[bool]:
    return deputies.another_moderates(Thread.space_id, Post.author_id, actor.id)


def _alone_barred() -> ColumnElement[int]:
    """Who alone reported the post, where others moderate too, who may be away: a moderator settles no such report."""
    reporters = func.count(func.distinct(func.coalesce(_REPORT.reporter_id, 0)))
    alone = (
        select(func.min(_REPORT.reporter_id))
        .where(_REPORT.post_id == Post.id, _REPORT.settlement_id.is_(None))
        .having(reporters == 1)
        .correlate_except(_REPORT)
        .scalar_subquery()
    )
    reporter = func.coalesce(alone, 0)
    another = deputies.another_moderates(Thread.space_id, Post.author_id, reporter)
    return case((another, reporter), else_=0)


def _alone(member_id: Any) -> ColumnElement[bool]:
    """Whether a member reported the post, and nobody else did."""
    open_ = (_REPORT.post_id == Post.id, _REPORT.settlement_id.is_(None))
    others = or_(_REPORT.reporter_id.is_(None), _REPORT.reporter_id != member_id)
    own = exists().where(*open_, _REPORT.reporter_id == member_id).correlate_except(_REPORT)
    return and_(own, ~exists().where(*open_, others).correlate_except(_REPORT))
