"""Merge a thread into another of the same space: its posts come after those of the other, for the fewer readers."""

from typing import Any

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.lessons import weakened
from forum.domain.mailing import events
from forum.domain.regrouping import agreements, carrying, hanging, plans, reasons, refusals, titles
from forum.domain.regrouping.carrying import Place
from forum.domain.regrouping.plans import Plan
from forum.domain.regrouping.splitting import require_quiet
from forum.domain.threads import post_store
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.moderation import Action
from forum.models.spaces import Audience, Space
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid, NotFound
from forum.policy.splitting import may_split
from forum.policy.visibility import get_visible


def to_merge(actor: Actor, thread_id: int) -> Thread:
    """Return a thread that the actor may merge into another one; NotFound, Forbidden."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    require(may_split(actor, thread))
    return thread


def planned(actor: Actor, thread_id: int, into_id: int) -> Plan:
    """Return what a merge would do; nothing is done. NotFound, Forbidden, Invalid at `into`, Conflict."""
    thread = to_merge(actor, thread_id)
    return _plan(actor, thread, _target(actor, thread, into_id))


def merge(actor: Actor, thread_id: int, into_id: int, *, seen: str, reason: str = "") -> Thread:
    """Let all posts of a thread go to another one, as the plan with the digest `seen` showed it; return that one.

    For ten minutes it can be undone. The same press again returns it too. `reason` is for where the plan asks one.
    Errors as `planned`, Invalid at `reason`; Changed.
    """
    if earlier := _pressed_before(actor, into_id, seen):
        return earlier
    _target(actor, to_merge(actor, thread_id), into_id)
    weakened.hold(thread_id)
    try:
        by_id = {each: post_store.locked_thread(actor, each) for each in sorted((thread_id, into_id))}
    except NotFound:
        if earlier := _pressed_before(actor, into_id, seen):  # the same press was faster
            return earlier
        raise
    thread = by_id[thread_id]
    require(may_split(actor, thread))
    target = _target(actor, thread, into_id)
    plan = _plan(actor, thread, target)
    plans.require_seen(plan, seen)
    why = reasons.cleaned(reason) if plan.asks_reason else ""
    was: dict[str, Any] = {
        "from_id": thread.id,
        "audience": [target.audience, plan.audience],
        "space_id": target.space_id,
        "seen": seen,
    }
    titles.become_heading(plan.posts[0])
    places = [Place(post, target.last_number + at) for at, post in enumerate(plan.posts, start=1)]
    was["posts"] = [[post.id, post.number, number] for post, number in places]
    went = carrying.move(thread, target, places, whole=True)
    was |= {"went": went, "last_number": [target.last_number]}
    audit_log.record(actor, Action.MERGE, thread=target, reason=str(thread.id))
    act = undoable.note(actor, UndoKind.MERGE, thread_id=target.id, before=was)
    _let_fewer_read(actor, plan, target, act, why)
    agreements.done(thread)
    agreements.look_again(target.id)
    events.record("thread.merged", thread_id=target.id, act_id=act.id)
    return target


def undo(actor: Actor, act: UndoableAct) -> Thread:
    """Give a thread its posts back, and the other one the readers that it had; NotFound, Forbidden.

    Conflict when something was said there since, or it has other readers now.
    """
    was, target_id = act.before, act.thread_id or 0
    get_visible(Thread, actor, target_id)
    weakened.hold(target_id)
    query = select(Thread).where(Thread.id.in_((was["from_id"], target_id))).order_by(Thread.id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    by_id = {thread.id: thread for thread in db.session.scalars(locked)}
    thread, target = by_id[was["from_id"]], by_id[target_id]
    if undoable.undone_meanwhile(act):
        return target
    require(may_moderate(actor, target.space_id))
    posts = _still_there(target, act)
    require_quiet((target,), was["last_number"], act)
    before = Audience(was["audience"][0])
    if before.rank > db.session.get_one(Space, target.space_id).widest_audience.rank:
        raise Conflict(_("Threads in this space cannot have that many readers."))
    numbers = {post_id: old for post_id, old, _new in was["posts"]}
    carrying.reopen(thread)
    carrying.bring_back(target, thread, [Place(post, numbers[post.id]) for post in posts])
    hanging.take_back(thread, target, was["went"])
    _open_again(thread, posts[0])
    agreements.look_again(target.id)
    undoable.note_undone(act)
    audit_log.record(actor, Action.UNMERGE, thread=target, reason=str(thread.id))
    if target.audience != before:
        target.audience = before
        audit_log.record(actor, Action.WIDEN, thread=target)
    return target


def _let_fewer_read(actor: Actor, plan: Plan, target: Thread, act: UndoableAct, why: str) -> None:
    """Give the thread the readers of the plan, and say in the log whose readers are fewer: its own, or of what came."""
    if plan.audience != target.audience:
        target.audience = plan.audience
        audit_log.record(actor, Action.NARROW, thread=target, reason=why)
        events.record("thread.narrowed", thread_id=target.id, act_id=act.id)
    elif plan.audience != plan.thread.audience:
        # The line is about the post that opened the other thread: who wrote that reads why.
        audit_log.record(actor, Action.NARROW, thread=target, post_number=plan.posts[0].number, reason=why)


def _still_there(target: Thread, act: UndoableAct) -> list[Post]:
    """The posts that came, while all of them stand where they came, for the readers of then; Conflict."""
    was = act.before
    ids = [post_id for post_id, _old, _new in was["posts"]]
    query = select(Post).where(Post.thread_id == target.id, Post.id.in_(ids)).order_by(Post.number)
    posts = list(db.session.scalars(query.execution_options(populate_existing=True)))
    place = (target.audience, target.space_id)
    if len(posts) < len(ids) or place != (was["audience"][1], was["space_id"]):
        raise Conflict(_("Something else was done to these threads since. This can no longer be undone."))
    return posts


def _open_again(thread: Thread, opening: Post) -> None:
    """Let a thread stand again as its opening post has it now."""
    carrying.show_title(thread, post_store.latest_revision(opening).title, opening)
    thread.hidden_at = opening.hidden_at
    if opening.deleted_at is not None and not post_store.others_wrote(thread):
        thread.withdrawn_at = opening.deleted_at
    opening.heading = ""
    db.session.flush()


def _pressed_before(actor: Actor, into_id: int, seen: str) -> Thread | None:
    """The thread into which this very press merged another one a moment ago."""
    acts = undoable.open_acts(actor, thread_id=into_id, kind=UndoKind.MERGE)
    if any(act.before["seen"] == seen for act in acts):
        return get_visible(Thread, actor, into_id)
    return None


def _target(actor: Actor, thread: Thread, into_id: int) -> Thread:
    """The thread to which posts may go; Invalid at `into` in the same words for all others, Conflict for a closed."""
    try:
        target: Thread = get_visible(Thread, actor, into_id)
    except NotFound:
        target = thread
    if target.id == thread.id or target.space_id != thread.space_id:
        raise Invalid("into", _("Choose another thread of this space."))
    require(may_split(actor, target))
    if target.locked_at is not None and thread.locked_at is None:
        raise Conflict(_("That thread is closed: reopen it first, or nobody could reply here."))
    return target


def _plan(actor: Actor, thread: Thread, target: Thread) -> Plan:
    refusals.require(refusals.of_merge(actor, thread))
    query = select(Post).where(Post.thread_id == thread.id).order_by(Post.number)
    posts = list(db.session.scalars(query.execution_options(populate_existing=True)))
    audience = min(thread.audience, target.audience, key=lambda level: level.rank)
    return plans.of(actor, thread, posts, target=target, title=target.title, audience=audience)
