"""The author of a hidden post objects, once; another moderator than who hid it decides, or the deputy of the space."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import resting, undoable
from forum.domain.house_rules import grounds
from forum.domain.lessons import weakened
from forum.domain.lines import clean_line, clean_paragraphs
from forum.domain.mailing import events
from forum.domain.moderation import hiding, report_outcomes, settlers
from forum.domain.threads import left_behind, post_store, posts, rendering
from forum.infra import clock, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.moderation import Action
from forum.models.post_reports import PostObjection, ReportOutcome
from forum.models.threads import Post, Thread
from forum.models.undo import UndoKind
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.moderating import may_decide_objection, may_object

MOST = "20 per hour"
GONE = (Action.HIDE, Action.DELETE_POST)  # what authors object to
OPEN = PostObjection.decided_at.is_(None)


@dataclass(frozen=True, slots=True)
class OwnObjection:
    """What its author said against the hiding of a post; `answer` once it was decided that it stays hidden."""

    thread: Thread
    post: Post
    words: str
    made_at: datetime
    decided_at: datetime | None
    answer: str
    answer_rule: resting.Rule | None = None


@dataclass(frozen=True, slots=True)
class ToDecide:
    """An objection, for who decides on it: the post with its words, and why it was hidden."""

    thread: Thread
    post: Post
    html: str
    author_name: str
    hidden_reason: str
    words: str
    made_at: datetime
    rule: resting.Rule | None = None


def asked(author: Actor, post_id: int) -> tuple[Thread, Post, OwnObjection | None]:
    """Return a hidden post of the actor's own, and what they said against that already; NotFound, Forbidden."""
    thread, post = posts.place(author, post_id)
    found = _of_hiding(post)
    require(may_object(author, post, is_made=False))
    if found is None:
        return thread, post, None
    kept = grounds.of_post(post.id, Action.KEEP_HIDDEN) if found.decided_at is not None else None
    own = OwnObjection(thread, post, found.words, found.made_at, found.decided_at, found.answer, kept)
    return thread, post, own


def make(author: Actor, post_id: int, *, words: str) -> Post:
    """Object to a hidden post of one's own, once for each time that it is hidden; the same words twice are once.

    NotFound, Forbidden, Invalid at `words`, TooOften.
    """
    _thread, post = post_store.locked_post(author, post_id)
    found = _of_hiding(post)
    require(may_object(author, post, is_made=False))
    said = clean_paragraphs(
        words,
        field="words",
        limit=PostObjection.WORDS_MAX,
        missing=_("Say why you do not agree."),
    )
    if found is not None and found.words == said:
        return post
    require(may_object(author, post, is_made=found is not None))
    rates.spend("object", f"member:{author.id}", limit=MOST)
    row = PostObjection(
        post_id=post.id,
        author_id=author.id,
        hidden_at=post.hidden_at or clock.now(),
        words=said,
        made_at=clock.now(),
        restored=False,
        answer="",
    )
    db.session.add(row)
    db.session.flush()
    events.record("post.objected", post_id=post.id)
    return post


def to_decide(actor: Actor, post_id: int) -> ToDecide:
    """Return an open objection, for who decides on it; NotFound, Forbidden, Conflict where none is open."""
    thread, post = settlers.place(actor, post_id)
    _require(actor, thread, post)
    found = _open(post)
    if found is None:
        raise Conflict(_over(post))
    author = db.session.get_one(Member, post.author_id)
    return shown(actor, thread, post, author.name, found)


def shown(actor: Actor, thread: Thread, post: Post, author_name: str, found: PostObjection) -> ToDecide:
    """Return an objection that it is known the actor decides on, as a page shows it (one query); TooOften."""
    body, rule = grounds.text_and_rule(post, grounds.last_line(post.id, *GONE))
    html = rendering.of(actor, post, body=body).html or ""
    return ToDecide(thread, post, html, author_name, post.hidden_reason, found.words, found.made_at, rule)


def restore(actor: Actor, post_id: int, *, rendered: rendering.Rendered | None = None) -> Post:
    """Show the post again: its author hears of it. Done already by the actor, nothing more.

    `rendered` is what `rendering.of` made. NotFound, Forbidden, Conflict, TooOften.
    """
    lessons = weakened.hold(settlers.place(actor, post_id)[0].id)
    thread, post = settlers.place(actor, post_id, lock=True)
    if post.hidden_at is None and _did(actor, post, restored=True):
        return post
    _require(actor, thread, post)
    found = _open(post)
    if found is None:
        raise Conflict(_over(post))
    if hiding.show(actor, thread, post, rendered):
        # Within ten minutes nobody heard that it was hidden; but its author did object.
        events.record("post.restored", post_id=post.id, actor_id=actor.id)
        # What was reported of it is decided with that: it does not come back to who hid it.
        final = timedelta(0)
        act = undoable.note(actor, UndoKind.SETTLE, thread_id=thread.id, post_id=post.id, window=final)
        report_outcomes.write(actor, post, ReportOutcome.LEFT, act)
    weakened.look(lessons)
    return post


def keep_hidden(actor: Actor, post_id: int, *, answer: str, rule: str = "") -> Post:
    """Let the post stay hidden, with a sentence that its author reads. Done already by the actor, nothing more.

    `rule` is the house rule on which it rests. NotFound, Forbidden, Invalid at `answer` or `rule`, Conflict.
    """
    thread, post = settlers.place(actor, post_id, lock=True)
    _require(actor, thread, post)
    found = _open(post)
    if found is None:
        if _did(actor, post, restored=False):
            return post
        raise Conflict(_over(post))
    answer = clean_line(
        answer, field="answer", limit=PostObjection.ANSWER_MAX, missing=_("Say why: the author reads it.")
    )
    rule_id = grounds.rule_of(thread.space_id, rule)
    found.decided_at, found.decided_by_id, found.answer = clock.now(), actor.id, answer
    undoable.decided(UndoKind.HIDE, UndoKind.DELETE_POST, post_id=post.id)
    audit_log.record(
        actor,
        Action.KEEP_HIDDEN,
        thread=thread,
        post_number=post.number,
        subject_id=post.author_id,
        reason=answer,
        rule_id=rule_id,
    )
    events.record("objection.declined", post_id=post.id)
    return post


def _require(actor: Actor, thread: Thread, post: Post) -> None:
    require(
        may_decide_objection(actor, post, thread.space_id, settlers.facts_of_objection(actor, post, thread))
    )


def _open(post: Post) -> PostObjection | None:
    found = _of_hiding(post)
    return found if found is not None and found.decided_at is None else None


def _of_hiding(post: Post) -> PostObjection | None:
    """What its author said against this hiding, not one of before."""
    query = select(PostObjection).where(
        PostObjection.post_id == post.id, PostObjection.hidden_at == post.hidden_at
    )
    query = query.order_by(PostObjection.id.desc()).limit(1).execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none() if post.hidden_at is not None else None


def _did(actor: Actor, post: Post, *, restored: bool) -> bool:
    last = _last(post)
    return last is not None and (last.decided_by_id, last.restored) == (actor.id, restored)


def _last(post: Post) -> PostObjection | None:
    here = left_behind.is_of_here(post.thread_id, PostObjection.decided_at)
    query = select(PostObjection).where(PostObjection.post_id == post.id, ~OPEN, here)
    return db.session.scalars(query.order_by(PostObjection.id.desc()).limit(1)).one_or_none()


def _over(post: Post) -> str:
    last = _last(post)
    who = db.session.get(Member, last.decided_by_id) if last and last.decided_by_id is not None else None
    if last is None or who is None:
        return _("No objection waits here now.")
    if last.restored:
        return _("%(name)s decided this meanwhile: the post is shown again.", name=who.name)
    return _("%(name)s decided this meanwhile: the post stays hidden.", name=who.name)
