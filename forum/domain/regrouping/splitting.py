"""Split a thread: posts of it become a thread of their own in the same space, for the same readers or fewer."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.lessons import weakened
from forum.domain.mailing import events
from forum.domain.regrouping import agreements, carrying, meanwhile, plans, reasons, titles
from forum.domain.regrouping.carrying import Place
from forum.domain.regrouping.plans import Plan
from forum.domain.regrouping.refusals import MOST
from forum.domain.threads import post_store
from forum.infra import text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import insert_new
from forum.models.moderation import Action
from forum.models.spaces import Audience
from forum.models.themes import ThreadTag
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid
from forum.policy.splitting import may_split
from forum.policy.visibility import get_visible


@dataclass(frozen=True, slots=True)
class Asked:
    """Which posts go, by number, the title of their thread, and who reads it."""

    numbers: tuple[int, ...]
    title: str
    audience: Audience


def to_split(actor: Actor, thread_id: int) -> Thread:
    """Return a thread that the actor may split; NotFound, Forbidden."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    require(may_split(actor, thread))
    return thread


def planned(actor: Actor, thread_id: int, asked: Asked) -> Plan:
    """Return what a split would do; nothing is done. NotFound, Forbidden, Invalid at a field of `asked`, Conflict."""
    return _plan(actor, to_split(actor, thread_id), asked)


def split(actor: Actor, thread_id: int, asked: Asked, *, seen: str, reason: str = "") -> Thread:
    """Make a thread of posts, as the plan with the digest `seen` showed it; for ten minutes it can be undone.

    Its first post opens it, and whoever wrote that began it. The same press again returns that thread.
    `reason` is for where the plan asks one. Errors as `planned`, Invalid at `reason`; Changed where something is not as
    it was shown.
    """
    to_split(actor, thread_id)
    weakened.hold(thread_id)
    thread = post_store.locked_thread(actor, thread_id)
    require(may_split(actor, thread))
    if earlier := _pressed_before(actor, thread, seen):
        return earlier
    plan = _plan(actor, thread, asked)
    plans.require_seen(plan, seen)
    why = reasons.cleaned(reason) if plan.asks_reason else ""
    first = plan.posts[0]
    target = _new_thread(thread, first, plan)
    was = titles.give(first, plan.title, actor)
    places = [Place(post, number) for number, post in enumerate(plan.posts, start=1)]
    numbers = [[post.id, post.number, number] for post, number in places]
    carrying.move(thread, target, places)
    before = {
        "from_id": thread.id,
        "posts": numbers,
        "title": was,
        "last_number": [thread.last_number, target.last_number],
        "audience": [thread.audience, target.audience],
        "space_id": thread.space_id,
        "seen": seen,
    }
    line = audit_log.record(actor, Action.SPLIT, thread=thread, reason=str(target.id))
    before["log_id"] = line.id
    if plan.asks_reason:
        audit_log.record(actor, Action.NARROW, thread=target, reason=why)
    act = undoable.note(actor, UndoKind.SPLIT, thread_id=target.id, before=before)
    events.record("thread.split", thread_id=target.id, act_id=act.id)
    agreements.look_again(thread.id)
    return target


def undo(actor: Actor, act: UndoableAct) -> Thread:
    """Bring the posts back to their numbers; the address of the thread that they were leads there.

    NotFound, Forbidden, Conflict when something was said in either thread since, or they have other readers now.
    """
    was, new_id = act.before, act.thread_id or 0
    weakened.hold(new_id)
    by_id = {each: post_store.locked_thread(actor, each) for each in sorted((was["from_id"], new_id))}
    thread, new = by_id[was["from_id"]], by_id[new_id]
    if undoable.undone_meanwhile(act):
        return thread
    require(may_moderate(actor, thread.space_id))
    numbers = {post_id: old for post_id, old, _new in was["posts"]}
    query = select(Post).where(Post.thread_id == new.id).order_by(Post.number)
    posts = db.session.scalars(query.execution_options(populate_existing=True)).all()
    same = [thread.audience, new.audience] == was["audience"] and {post.id for post in posts} == set(numbers)
    # Below a story that is hidden or deleted by now they would go out of sight.
    same = same and thread.hidden_at is None
    if not same or (thread.space_id, new.space_id) != (was["space_id"], was["space_id"]):
        raise Conflict(_("Something else was done to these threads since. This can no longer be undone."))
    require_quiet((thread, new), was["last_number"], act)
    titles.take_back(posts[0], was["title"])
    carrying.move(new, thread, [Place(post, numbers[post.id]) for post in posts], whole=True)
    agreements.done(new)
    agreements.look_again(thread.id)
    undoable.note_undone(act)
    audit_log.record(actor, Action.UNSPLIT, thread=thread, reason=str(new.id))
    return thread


def require_quiet(threads: Collection[Thread], last_numbers: list[int], act: UndoableAct) -> None:
    """Do nothing where nobody wrote in these threads since an act; Conflict."""
    for thread in threads:
        meanwhile.require_running(thread)
    quiet = [thread.last_number for thread in threads] == last_numbers
    if not quiet or any(meanwhile.is_written_in(thread, since=act.at) for thread in threads):
        raise Conflict(_("Somebody wrote there meanwhile. This can no longer be undone."))


def _pressed_before(actor: Actor, thread: Thread, seen: str) -> Thread | None:
    """The thread that this very press made a moment ago."""
    for act in undoable.open_acts(actor, kind=UndoKind.SPLIT):
        if (act.before["from_id"], act.before["seen"]) == (thread.id, seen):
            return db.session.get(Thread, act.thread_id)
    return None


def _plan(actor: Actor, thread: Thread, asked: Asked) -> Plan:
    title, audience = post_store.clean_title(asked.title), Audience(asked.audience)
    if audience.rank > thread.audience.rank:
        raise Invalid("audience", _("The new thread cannot have more readers than this one."))
    posts = _chosen(thread, set(asked.numbers))
    plans.require_all(actor, posts)
    if posts[0].hidden_at is not None or posts[0].deleted_at is not None:
        raise Invalid("numbers", _("A thread begins with a post that can be read: choose another first one."))
    return plans.of(actor, thread, posts, title=title, audience=audience)


def _chosen(thread: Thread, numbers: set[int]) -> list[Post]:
    """The posts with these numbers, in their order; Invalid at `numbers`, Conflict where one is there no more."""
    if not numbers:
        raise Invalid("numbers", _("Choose at least one post."))
    if 1 in numbers:
        raise Invalid("numbers", _("The opening post stays: choose from the posts after it."))
    if len(numbers) > MOST:
        raise Invalid("numbers", _("Choose at most %(limit)d posts.", limit=MOST))
    query = select(Post).where(Post.thread_id == thread.id, Post.number.in_(numbers)).order_by(Post.number)
    posts = list(db.session.scalars(query.execution_options(populate_existing=True)))
    if len(posts) < len(numbers):
        raise Conflict(_("Not all of these posts stand in this thread now. Choose again."))
    return posts


def _new_thread(thread: Thread, first: Post, plan: Plan) -> Thread:
    """The thread in which the posts will stand: about the same, and closed where this one is."""
    new = Thread(
        space_id=thread.space_id,
        author_id=first.author_id,
        title=plan.title,
        slug=text.slug(plan.title),
        need=thread.need,
        axis=thread.axis,
        audience=plan.audience,
        summary=text.summary(text.plain(first.html)),
        cities=[],
        post_count=0,
        last_number=0,
        created_at=first.created_at,
        last_post_at=first.created_at,
        locked_at=thread.locked_at,
        idempotency_key=str(uuid.uuid4()),
    )
    db.session.add(new)
    db.session.flush()
    its = select(ThreadTag).where(ThreadTag.thread_id == thread.id)
    rows = [{"thread_id": new.id, "tag_id": tag.tag_id, "name": tag.name} for tag in db.session.scalars(its)]
    insert_new(ThreadTag, rows)
    return new
