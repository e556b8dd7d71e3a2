"""Keeping a space safe and useful: hide and restore with a reason, lock and reopen, all in the log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.domain.audit.log import note
from forum.domain.threads import post_store
from forum.infra import clock, text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.moderation import Action
from forum.models.spaces import Space
from forum.models.threads import Post, Thread
from forum.policy.actions import may_hide, may_moderate, may_restore, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid
from forum.policy.visibility import get_visible

LONGEST_REASON = 300
MOST = 50


@dataclass(frozen=True, slots=True)
class HiddenPost:
    """A post that is hidden now, in the list of its moderators."""

    id: int
    number: int
    thread_id: int
    thread_slug: str
    thread_title: str
    author_name: str
    reason: str
    hidden_at: datetime


def hide(actor: Actor, post_id: int, *, reason: str) -> Post:
    """Take the words of a post out of sight. Hiding an opening post hides the whole talk."""
    thread, post = post_store.locked_post(actor, post_id)
    require(may_hide(actor, post, thread))
    words = _reason(reason)
    post.hidden_at, post.hidden_by_id, post.hidden_reason = clock.now(), actor.id, words
    post.html = ""
    if post.number == 1:
        thread.hidden_at = post.hidden_at
    post_store.recount(thread)
    note(actor, Action.HIDE, thread=thread, post_number=post.number, reason=words)
    return post


def restore(actor: Actor, post_id: int) -> Post:
    """Show a hidden post again. Words that their author took back meanwhile stay away."""
    thread, post = post_store.locked_post(actor, post_id)
    require(may_restore(actor, post, thread))
    post.hidden_at = post.hidden_by_id = None
    post.hidden_reason = ""
    if post.deleted_at is None:
        post.html = post_store.html_of(post_store.latest_revision(post).body)
        post.render_version = text.RENDER_VERSION
    if post.number == 1:
        thread.hidden_at = None
    post_store.recount(thread)
    note(actor, Action.RESTORE, thread=thread, post_number=post.number)
    return post


def lock(actor: Actor, thread_id: int, *, reason: str = "") -> Thread:
    """Close a talk: it stays readable and takes no more words."""
    thread = post_store.locked_thread(actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    if thread.locked_at is not None:
        raise Conflict(_("This talk is closed already."))
    thread.locked_at = clock.now()
    note(actor, Action.LOCK, thread=thread, reason=_reason(reason) if reason else "")
    return thread


def reopen(actor: Actor, thread_id: int) -> Thread:
    """Let a closed talk take words again."""
    thread = post_store.locked_thread(actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    if thread.locked_at is None:
        raise Conflict(_("This talk is open already."))
    thread.locked_at = None
    note(actor, Action.REOPEN, thread=thread)
    return thread


def hidden_posts(actor: Actor, space_id: int) -> list[HiddenPost]:
    """The posts of a space that are hidden now, the latest first, for its moderators."""
    space: Space = get_visible(Space, actor, space_id)
    require(may_moderate(actor, space.id))
    rows = db.session.execute(
        select(
            Post.id,
            Post.number,
            Thread.id.label("thread_id"),
            Thread.slug.label("thread_slug"),
            Thread.title.label("thread_title"),
            Member.name.label("author_name"),
            Post.hidden_reason.label("reason"),
            Post.hidden_at,
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Member, Member.id == Post.author_id)
        .where(Thread.space_id == space.id, Thread.withdrawn_at.is_(None), Post.hidden_at.is_not(None))
        .order_by(Post.hidden_at.desc(), Post.id.desc())
        .limit(MOST)
    )
    return [HiddenPost(**row._mapping) for row in rows]


def closed_threads(actor: Actor, space_id: int) -> list[Thread]:
    """The talks of a space that are closed now, the latest first, for its moderators."""
    space: Space = get_visible(Space, actor, space_id)
    require(may_moderate(actor, space.id))
    query = select(Thread).where(
        Thread.space_id == space.id, Thread.withdrawn_at.is_(None), Thread.locked_at.is_not(None)
    )
    return list(db.session.scalars(query.order_by(Thread.locked_at.desc(), Thread.id.desc()).limit(MOST)))


def _reason(words: str) -> str:
    reason = text.one_line(words)
    if not reason:
        raise Invalid("reason", _("Say why: the author reads it."))
    if len(reason) > LONGEST_REASON:
        raise Invalid("reason", _("Use at most %(limit)d characters.", limit=LONGEST_REASON))
    return reason
