"""Leave words out of a post of somebody else, such as a name that tells who somebody is.

The post gets a new text with a mark in their place, and every text with the words is sealed. So are the words where
the forum copied them: titles, quotes, excerpts, summaries, drafts and reports.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.house_rules import grounds
from forum.domain.lessons import weakened
from forum.domain.lines import clean_reason
from forum.domain.mailing import events
from forum.domain.moderation import asked_words, copied_words, sealed_lessons, sealing, shortened
from forum.domain.moderation.sealing import Change, Why
from forum.domain.moderation.shortened import Shortened
from forum.domain.threads import mentions, post_store, posts, quotes
from forum.infra import clock, left_out, text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.left_out import Span
from forum.models.moderation import Action
from forum.models.moved_posts import MovedPost
from forum.models.sealing import Sealed
from forum.models.threads import Post, PostRevision, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid
from forum.policy.words import may_leave_out


def leave_out(
    actor: Actor, post_id: int, *, words: str, reason: str, rule: str = "", made: Shortened | None = None
) -> Post:
    """Leave words out of a post and of all copies that the forum made of it; `made` is what `shortened.of` did.

    For ten minutes it can be undone as if nothing happened; then nobody has the words, and its author hears of it.
    `rule` is the house rule on which it rests, as `grounds.rule_of` takes it. NotFound, Forbidden, Invalid at `words`,
    `reason` or `rule`, Conflict when the post was changed since, TooOften.
    """
    if made is None or made.words != shortened.clean_words(words):
        made = shortened.of(actor, post_id, words=words)
    lessons = weakened.hold(posts.place(actor, post_id)[0].id)
    thread, post = post_store.locked_post(actor, post_id)
    require(may_leave_out(actor, post, thread))
    shortened.refuse_changed(post, made)
    reason, rule_id = _clean_reason(reason, made.words), grounds.rule_of(thread.space_id, rule)
    sealing.end(post, with_title=post.number == 1)
    act = undoable.note(actor, UndoKind.LEAVE_OUT, thread_id=thread.id, post_id=post.id)
    places, changes = _revisions(post, made)
    copies = copied_words.changes(post, made.words, made.mark) + asked_words.changes(post, places)
    act.before = {
        "space_id": thread.space_id,
        "audience": thread.audience.value,
        "thread_id": thread.id,
        "revision": post.revision + 1,
        "edited_at": undoable.moment(post.edited_at),
        "texts": [change.key[0] for change in changes if change.column == "plain"],
    }
    sealing.seal(act, post, Why(Sealed.LEAVE_OUT, reason), [*changes, *copies])
    _hide(act, reason)
    _write(actor, thread, post, (made.body, made.title, made.html))
    sealed_lessons.take_out(act, lessons, post, places)
    audit_log.record(
        actor, Action.LEAVE_OUT, thread=thread, post_number=post.number, reason=reason, rule_id=rule_id
    )
    events.record("post.shortened", post_id=post.id, act_id=act.id)
    return post


def places(post: Post, words: str) -> dict[int, list[Span]]:
    """Return where the words stand in each text of a post, by its id (one query)."""
    found = {one.id: left_out.spans(words, one.plain) for one in _of_post(post, numbers=None)}
    return {revision_id: spans for revision_id, spans in found.items() if spans}


def undo(actor: Actor, act: UndoableAct) -> None:
    """Let a post have its words again, in a text like the one before, and all that was made of them.

    NotFound, Forbidden, Conflict where anything was done to it or its readers since.
    """
    lessons = weakened.hold(act.thread_id or 0)
    thread, post = post_store.locked_post(actor, act.post_id or 0)
    if undoable.undone_meanwhile(act):
        return
    require(may_moderate(actor, thread.space_id))
    sealed = sealing.of_act(act)
    was = act.before
    gone = post.hidden_at is not None or post.deleted_at is not None or thread.withdrawn_at is not None
    same = (post.revision, thread.space_id, thread.audience) == (
        was["revision"],
        was["space_id"],
        was["audience"],
    )
    # In another thread it has another title, and its quotes other numbers.
    if gone or not same or thread.id != was.get("thread_id", thread.id):
        raise Conflict(_("Something else was done here since. This can no longer be undone."))
    _refuse_lost_quotes(post, was["revision"], sealed.kept)
    sealing.put_back(sealed)
    for revision in _of_post(post, numbers=None):
        if revision.id in was["texts"]:
            revision.hidden_at, revision.hidden_reason = None, ""
    db.session.flush()
    before = _of_post(post, numbers=[was["revision"] - 1])[0]
    _write(actor, thread, post, (before.body, before.title, text.render(before.body)))
    post.edited_at = undoable.kept_moment(was, "edited_at", post.edited_at)
    undoable.note_undone(act)
    sealed_lessons.put_back(act, lessons)
    audit_log.record(actor, Action.PUT_BACK_WORDS, thread=thread, post_number=post.number)


def _refuse_lost_quotes(post: Post, number: int, kept: list[dict[str, Any]]) -> None:
    """A post that moved quotes by numbers of the thread where it was written: taken out, nobody knows them any more."""
    moved = select(MovedPost.post_id).where(MovedPost.post_id == post.id).limit(1)
    if db.session.scalar(moved) is None:
        return
    before, now = _of_post(post, numbers=(number - 1, number))
    bodies = {each["key"][0]: each["before"] for each in kept if each["column"] == "body"}
    if text.typed_marks(bodies.get(before.id, before.body)) != text.typed_marks(now.body):
        raise Conflict(_("Something else was done here since. This can no longer be undone."))


def _clean_reason(reason: str, words: str) -> str:
    clean = clean_reason(reason, limit=Post.HIDDEN_REASON_MAX, missing=_("Say why: the author reads it."))
    if left_out.holds(words, clean):
        raise Invalid("reason", _("Say why without the words themselves: the reason stays."))
    return clean


def _revisions(post: Post, made: Shortened) -> tuple[dict[int, list[Span]], list[Change]]:
    """The places of the words in the texts of a post, by their ids, and what becomes of those texts.

    Each other letter keeps its place there: excerpts and quotes point at it.
    """
    places: dict[int, list[Span]] = {}
    changes = []
    for revision in _of_post(post, numbers=None):
        found = left_out.spans(made.words, revision.plain)
        is_told = left_out.holds(made.words, revision.body) or left_out.holds(made.words, revision.title)
        if not found and not is_told:
            continue
        plain = left_out.covered(revision.plain, found)
        title = left_out.without(made.words, revision.title, made.mark, Thread.TITLE_MAX)
        places[revision.id] = found
        after = {"plain": plain, "body": plain, "title": title}
        changes += [
            Change("revision", (revision.id,), column, getattr(revision, column), value)
            for column, value in after.items()
        ]
    return places, changes


def _hide(act: UndoableAct, reason: str) -> None:
    query = select(PostRevision).where(PostRevision.id.in_(act.before["texts"]))
    stood = [
        revision
        for revision in db.session.scalars(query.execution_options(populate_existing=True))
        if revision.hidden_at is None
    ]
    for revision in stood:
        revision.hidden_at, revision.hidden_reason = act.at, reason
    act.before = {**act.before, "texts": [revision.id for revision in stood]}  # undo shows these alone
    db.session.flush()


def _write(actor: Actor, thread: Thread, post: Post, texts: tuple[str, str, str]) -> None:
    """Give a locked post a new text: what was typed, the title, and the HTML."""
    body, title, html = texts
    now = clock.now()
    post.revision += 1
    post.html, post.render_version, post.edited_at = html, text.RENDER_VERSION, now
    post_store.add_revision(post, body, html, title=title, editor_id=actor.id, at=now)
    mentions.write(post, html)
    quotes.write(post, html)
    quotes.follow(post, text.plain(html))
    if post.number == 1:
        posts.show_heading(thread, title, html)
    db.session.flush()


def _of_post(post: Post, *, numbers: Iterable[int] | None) -> list[PostRevision]:
    query = select(PostRevision).where(PostRevision.post_id == post.id).order_by(PostRevision.number)
    if numbers is not None:
        query = query.where(PostRevision.number.in_(list(numbers)))
    return list(db.session.scalars(query.execution_options(populate_existing=True)))
