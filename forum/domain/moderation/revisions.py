"""Take an earlier text of a post out of its history, such as private words that were edited out; and undo that."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.house_rules import grounds
from forum.domain.lines import clean_reason
from forum.domain.mailing import events, mail_policy
from forum.domain.mailing.mail_policy import Told
from forum.domain.threads import history, post_store
from forum.infra import clock, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.events import Event
from forum.models.moderation import Action, ActorRole
from forum.models.spaces import Space
from forum.models.threads import Post, PostRevision, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_hide_revision, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.visibility import visible

MOST_HIDDEN = "60 per hour"


@dataclass(frozen=True, slots=True)
class OwnHiddenVersion:
    """What a letter to the author of a hidden version says: the reason, as far as its space allows, and no words of it.

    `number` is that of the version, `post_id` leads to the history that it is missing from.
    """

    number: int
    post_id: int
    space_name: str
    told: Told


def asked(actor: Actor, post_id: int, number: int) -> tuple[Post, PostRevision, int]:
    """Return the post, the text and the id of their space when the actor could hide that now: for the question.

    NotFound, Forbidden, Conflict.
    """
    thread, post, version = history.version(actor, post_id, number)
    require(may_hide_revision(actor, post, thread))
    _refuse(post, version)
    return post, version, thread.space_id


def hide(actor: Actor, post_id: int, number: int, *, reason: str, rule: str = "") -> Post:
    """Hide an earlier text of a post from everybody; published lessons keep what they quote of it, drafts do not.

    For ten minutes it can be undone; then its author hears of it, if somebody else hid it.

    `rule` is the house rule on which it rests: of who does this to their own post none is asked.

    NotFound, Forbidden, Conflict, Invalid at `reason` or `rule`, TooOften.
    """
    thread, post = post_store.locked_post(actor, post_id)
    _thread, _post, version = history.version(actor, post_id, number)
    require(may_hide_revision(actor, post, thread))
    _refuse(post, version)
    reason = clean_reason(reason, limit=Post.HIDDEN_REASON_MAX, missing=_("Say why."))
    rates.spend("hide-revision", f"member:{actor.id}", limit=MOST_HIDDEN)
    version.hidden_at, version.hidden_reason = clock.now(), reason
    version.hidden_by_author = actor.id == post.author_id
    rule_id = None if version.hidden_by_author else grounds.rule_of(thread.space_id, rule)
    audit_log.record(
        actor,
        Action.HIDE_REVISION,
        thread=thread,
        post_number=post.number,
        reason=reason,
        rule_id=rule_id,
        role=_role(actor, post),
    )
    act = undoable.note(
        actor, UndoKind.HIDE_REVISION, thread_id=thread.id, post_id=post.id, before={"revision": number}
    )
    if not version.hidden_by_author:
        events.record("version.hidden", post_id=post.id, revision=number, act_id=act.id)
    return post


def undo(actor: Actor, act: UndoableAct) -> None:
    """Show an earlier text again, as if it had never been hidden; NotFound, Forbidden."""
    thread, post = post_store.locked_post(actor, act.post_id or 0)
    if undoable.undone_meanwhile(act):
        return
    _thread, _post, version = history.version(actor, post.id, act.before["revision"])
    require(may_hide_revision(actor, post, thread))
    version.hidden_at, version.hidden_reason, version.hidden_by_author = None, "", False
    undoable.note_undone(act)
    audit_log.record(
        actor, Action.SHOW_REVISION, thread=thread, post_number=post.number, role=_role(actor, post)
    )


def told(author: Member, act_id: int) -> OwnHiddenVersion | None:
    """Return what its author hears of a hidden version; None once their post is gone, or out of their reach."""
    act = db.session.get_one(UndoableAct, act_id)
    own = (Post.id == act.post_id, Post.author_id == author.id, Post.deleted_at.is_(None))
    post = db.session.scalars(visible(Post, author).where(*own)).one_or_none()
    if post is None:
        return None
    number = act.before["revision"]
    hidden = (PostRevision.post_id == post.id, PostRevision.number == number)
    reason = db.session.scalars(select(PostRevision.hidden_reason).where(*hidden)).one()
    thread = db.session.get_one(Thread, post.thread_id)
    mailed = mail_policy.told_in(thread.space_id, thread.audience, title=thread.title, plain=reason)
    return OwnHiddenVersion(number, post.id, db.session.get_one(Space, thread.space_id).name, mailed)


def reasons(author: Actor, event_ids: Collection[int]) -> dict[int, str]:
    """Return why versions of the author's posts are hidden, by what was recorded then (one query, none for none)."""
    if not event_ids:
        return {}
    rows = db.session.execute(
        select(Event.id, PostRevision.hidden_reason)
        .join(PostRevision, PostRevision.number == Event.payload["revision"].as_integer())
        .join(Post, Post.id == PostRevision.post_id)
        .where(
            Event.id.in_(event_ids),
            Post.id == Event.payload["post_id"].as_integer(),
            Post.author_id == author.id,
        )
    )
    return {row.id: row.hidden_reason for row in rows}


def _refuse(post: Post, version: PostRevision) -> None:
    if version.number == post.revision:
        raise Conflict(_("This is the text as it stands now, so it cannot be hidden alone."))
    if version.hidden_at is not None:
        raise Conflict(_("This version is hidden already."))


def _role(actor: Actor, post: Post) -> ActorRole:
    return ActorRole.AUTHOR if actor.id == post.author_id else ActorRole.MODERATOR
