"""Hide a post with a reason, and show it again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.house_rules import grounds
from forum.domain.house_rules import told as rules_told
from forum.domain.house_rules.told import RuleTold
from forum.domain.lessons import weakened
from forum.domain.lines import clean_reason
from forum.domain.mailing import events, mail_policy
from forum.domain.mailing.mail_policy import Told
from forum.domain.moderation import losses, report_outcomes, settlers
from forum.domain.moderation.report_outcomes import Said
from forum.domain.spaces import spaces
from forum.domain.threads import post_store, posts, rendering
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.lessons import Lesson
from forum.models.moderation import Action
from forum.models.post_reports import PostObjection, ReportOutcome
from forum.models.spaces import Space
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_hide, may_restore, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.visibility import visible

MOST = 50


@dataclass(frozen=True, slots=True)
class HiddenPost:
    """A hidden post in the list for the moderators of its space."""

    id: int
    number: int
    thread_id: int
    thread_slug: str
    thread_title: str
    author_id: int
    author_name: str
    reason: str
    hidden_at: datetime


@dataclass(frozen=True, slots=True)
class OwnHiddenPost:
    """What a letter to the author of a hidden post says, and where they can still read it.

    The words of `told` are the reason, which others wrote: it stands there only as far as their space allows. No
    title, no slug and no house rule (`rule`) where none may stand in a mail, nor a title where the opening post was
    taken back.
    """

    number: int
    thread_id: int
    thread_slug: str
    space_name: str
    told: Told
    rule: RuleTold | None = None


def hide(actor: Actor, post_id: int, *, reason: str, rule: str = "") -> Post:
    """Hide a post; hiding an opening post hides the whole thread. In lessons only its own words go.

    `rule` is the house rule on which it rests, as `grounds.rule_of` takes it.

    For ten minutes it can be undone as if nothing happened; then its author hears of it.

    NotFound, Forbidden, Invalid at `reason` or `rule`.
    """
    lessons = weakened.hold(posts.place(actor, post_id)[0].id)
    thread, post = post_store.locked_post(actor, post_id)
    require(may_hide(actor, post, thread))
    reason = clean_reason(reason, limit=Post.HIDDEN_REASON_MAX, missing=_("Say why: the author reads it."))
    put_away(actor, thread, post, lessons, Said(reason, rule_id=grounds.rule_of(thread.space_id, rule)))
    return post


def put_away(actor: Actor, thread: Thread, post: Post, lessons: list[Lesson], said: Said) -> None:
    """Hide a post that is locked, and before it the lessons of its thread; whoever calls this asked who may.

    What was reported of it is settled with that.
    """
    post.hidden_at, post.hidden_by_id, post.hidden_reason = clock.now(), actor.id, said.reason
    post.html = ""
    if post.number == 1:
        thread.hidden_at = post.hidden_at
    post_store.recount(thread)
    audit_log.record(
        actor,
        Action.HIDE,
        thread=thread,
        post_number=post.number,
        reason=said.reason,
        rule_id=said.rule_id,
    )
    act = undoable.note(actor, UndoKind.HIDE, thread_id=thread.id, post_id=post.id)
    losses.tell(act, lessons, post)
    report_outcomes.write(actor, post, ReportOutcome.HIDDEN, act, said)
    if post.author_id != actor.id:
        events.record("post.hidden", post_id=post.id, act_id=act.id)


def restore(actor: Actor, post_id: int, *, rendered: rendering.Rendered | None = None) -> Post:
    """Show a hidden post again, with what `rendering.again` made, unless its author has withdrawn it meanwhile.

    NotFound, Forbidden, TooOften.
    """
    return _restore(actor, post_id, rendered)


def undo(actor: Actor, act: UndoableAct, *, rendered: rendering.Rendered | None = None) -> None:
    """Show it again within its ten minutes, unless somebody decided meanwhile that it stays hidden.

    NotFound, Forbidden, Conflict, TooOften.
    """
    _restore(actor, act.post_id or 0, rendered, act)


def _restore(
    actor: Actor, post_id: int, rendered: rendering.Rendered | None, act: UndoableAct | None = None
) -> Post:
    lessons = weakened.hold(settlers.place(actor, post_id)[0].id)
    thread, post = settlers.place(actor, post_id, lock=True)
    if act is not None and undoable.undone_meanwhile(act):
        return post
    require(settlers.or_deputy(actor, post, thread, may_restore(actor, post, thread)))
    show(actor, thread, post, rendered)
    weakened.look(lessons)
    return post


def show(actor: Actor, thread: Thread, post: Post, rendered: rendering.Rendered | None) -> bool:
    """Show a hidden post that is locked again; whoever calls this asked who may, and looks at lessons after it.

    Return whether that undoes it as if nothing happened: nobody is told. An objection has ended with it. Conflict.
    """
    if post.sealed_at is not None:  # also to who may show hidden posts again for another reason
        raise Conflict(_("This post was deleted: nobody has its words now."))
    post.hidden_at = post.hidden_by_id = None
    post.hidden_reason = ""
    if post.number == 1:
        thread.hidden_at = None
    if post.deleted_at is None:
        rendering.show_again(actor, post, rendered)
    post_store.recount(thread)
    audit_log.record(actor, Action.RESTORE, thread=thread, post_number=post.number)
    _end_objection(actor, post)
    if undoable.mark_undone(UndoKind.HIDE, post_id=post.id):
        report_outcomes.reopen(actor, post)
        return True
    # Once its author edits out what it was hidden for, the history does not bring that back.
    post.history_from = post.revision + 1
    if post.author_id != actor.id:
        events.record("post.restored", post_id=post.id, actor_id=actor.id)
    return False


def _end_objection(actor: Actor, post: Post) -> None:
    waiting = (PostObjection.post_id == post.id, PostObjection.decided_at.is_(None))
    for objection in db.session.scalars(select(PostObjection).where(*waiting)).all():
        objection.decided_at, objection.decided_by_id = clock.now(), actor.id
        objection.restored = True
    db.session.flush()


def told(author: Member, post_id: int) -> OwnHiddenPost | None:
    """Return what its author hears of a hidden post; None once it is shown, taken back, or out of their reach."""
    still = (
        Post.id == post_id,
        Post.author_id == author.id,
        Post.hidden_at.is_not(None),
        Post.sealed_at.is_(None),
        Post.deleted_at.is_(None),
    )
    post = db.session.scalars(visible(Post, author).where(*still)).one_or_none()
    if post is None:
        return None
    thread = db.session.get_one(Thread, post.thread_id)
    space = db.session.get_one(Space, thread.space_id)
    mailed = mail_policy.told(
        space.mail_policy, thread.audience, title=thread.title, plain=post.hidden_reason
    )
    slug = thread.slug if mailed.is_named else ""
    rule = rules_told.of_post(author, post.id, Action.HIDE) if mailed.is_named else None
    return OwnHiddenPost(post.number, thread.id, slug, space.name, mailed, rule)


def hidden_posts(actor: Actor, space_id: int) -> list[HiddenPost]:
    """Return the hidden posts of a space, the latest first, for its moderators; NotFound, Forbidden."""
    spaces.require_moderator(actor, space_id)
    rows = db.session.execute(
        select(
            Post.id,
            Post.number,
            Thread.id.label("thread_id"),
            Thread.slug.label("thread_slug"),
            Thread.title.label("thread_title"),
            Post.author_id,
            Member.name.label("author_name"),
            Post.hidden_reason.label("reason"),
            Post.hidden_at,
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Member, Member.id == Post.author_id)
        .where(
            Thread.space_id == space_id,
            Thread.withdrawn_at.is_(None),
            Post.hidden_at.is_not(None),
            Post.sealed_at.is_(None),
        )
        .order_by(Post.hidden_at.desc(), Post.id.desc())
        .limit(MOST)
    )
    return [HiddenPost(**row._mapping) for row in rows]
