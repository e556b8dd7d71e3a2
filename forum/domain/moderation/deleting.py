"""Delete a post of somebody else for everybody. Its number stays, with a word on what became of it.

From that moment nobody has its words, its author and the moderators neither; for ten minutes undo brings them back.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.house_rules import grounds
from forum.domain.indexing import writing
from forum.domain.indexing.kinds import POSTS
from forum.domain.lessons import weakened
from forum.domain.lines import clean_reason
from forum.domain.mailing import events
from forum.domain.moderation import asked_words, report_outcomes, sealed_lessons, sealing
from forum.domain.moderation.report_outcomes import Said
from forum.domain.moderation.sealing import Change, Why
from forum.domain.threads import post_store, posts, rendering
from forum.infra import clock, text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.left_out import Span
from forum.models.drafts import Draft
from forum.models.moderation import Action
from forum.models.post_reports import PostObjection, ReportOutcome
from forum.models.sealing import Sealed
from forum.models.spaces import Audience
from forum.models.threads import Post, PostRevision, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.words import may_delete_post

EDIT = "edit"  # the form of `draft_places` in which its author changes a post


def asked(actor: Actor, post_id: int) -> tuple[Thread, Post]:
    """Return a post that the actor could delete, and its thread, for the question before it; NotFound, Forbidden."""
    thread, post = posts.place(actor, post_id)
    require(may_delete_post(actor, post, thread))
    return thread, post


def delete(actor: Actor, post_id: int, *, reason: str, rule: str = "") -> Post:
    """Delete a post for everybody; with an opening post the whole thread goes out of sight, as when it is hidden.

    For ten minutes it can be undone as if nothing happened; then its author hears of it, and can object.
    `rule` is the house rule on which it rests, as `grounds.rule_of` takes it.
    NotFound, Forbidden, Invalid at `reason` or `rule`, Conflict while an objection about it waits.
    """
    lessons = weakened.hold(posts.place(actor, post_id)[0].id)
    thread, post = post_store.locked_post(actor, post_id)
    require(may_delete_post(actor, post, thread))
    reason = clean_reason(reason, limit=Post.HIDDEN_REASON_MAX, missing=_("Say why: the author reads it."))
    rule_id = grounds.rule_of(thread.space_id, rule)
    _refuse_objected(post)
    sealing.end(post, with_title=post.number == 1)
    act = undoable.note(
        actor, UndoKind.DELETE_POST, thread_id=thread.id, post_id=post.id, before=_before(thread, post)
    )
    revisions = _revisions(post)
    changes = [change for revision in revisions for change in _of_revision(revision)] + _of_drafts(post)
    places = {revision.id: [Span(0, max(1, len(revision.plain)))] for revision in revisions}
    changes += [*asked_words.changes(post, places), Change("post", (post.id,), "heading", post.heading, "")]
    post.html = ""
    post.hidden_at = post.sealed_at = act.at
    post.hidden_by_id, post.hidden_reason = actor.id, reason
    if post.number == 1:
        _empty_heading(thread, act)
    sealing.seal(act, post, Why(Sealed.DELETE, reason), changes)
    writing.write_again(POSTS, [post.id])
    sealed_lessons.take_out(act, lessons, post, places)
    post_store.recount(thread)
    audit_log.record(
        actor, Action.DELETE_POST, thread=thread, post_number=post.number, reason=reason, rule_id=rule_id
    )
    report_outcomes.write(actor, post, ReportOutcome.HIDDEN, act, Said(reason, rule_id=rule_id))
    events.record("post.sealed", post_id=post.id, act_id=act.id)
    return post


def undo(actor: Actor, act: UndoableAct) -> None:
    """Bring a deleted post back as it was, unless its author has taken it back meanwhile.

    NotFound, Forbidden, Conflict where something else was done to it since, TooOften.
    """
    lessons = weakened.hold(act.thread_id or 0)
    thread, post = post_store.locked_post(actor, act.post_id or 0)
    if undoable.undone_meanwhile(act):
        return
    require(may_moderate(actor, thread.space_id))
    sealed = sealing.of_act(act)
    readers = Audience(act.before.get("audience", thread.audience))
    is_wider = thread.audience.rank > readers.rank
    if post.sealed_at != act.at or thread.space_id != act.before["space_id"] or is_wider:
        raise Conflict(_("Something else was done here since. This can no longer be undone."))
    sealing.put_back(sealed)
    post.sealed_at = None
    if post.number == 1:  # its thread stands again, with its title
        post.heading = ""
    _hide_as_before(post, act.before)
    revision = post_store.latest_revision(post)
    writing.write_again(POSTS, [post.id])
    if post.deleted_at is None:
        if post.hidden_at is None:
            rendering.show_again(actor, post, None)
        if post.number == 1:
            posts.show_heading(thread, revision.title, text.render(revision.body))
    if post.number == 1:
        thread.hidden_at = post.hidden_at
    post_store.recount(thread)
    undoable.note_undone(act)
    _end_objection(actor, post, act)
    report_outcomes.reopen(actor, post)
    sealed_lessons.put_back(act, lessons)
    audit_log.record(actor, Action.UNDELETE_POST, thread=thread, post_number=post.number)


def _refuse_objected(post: Post) -> None:
    waits = (PostObjection.post_id == post.id, PostObjection.decided_at.is_(None))
    if post.hidden_at is not None and db.session.scalar(select(PostObjection.id).where(*waits)) is not None:
        raise Conflict(_("Its author objected to the hiding: decide on that first."))


def _before(thread: Thread, post: Post) -> dict[str, Any]:
    return {
        "space_id": thread.space_id,
        "audience": thread.audience.value,
        "hidden_at": post.hidden_at.isoformat() if post.hidden_at else None,
        "hidden_by_id": post.hidden_by_id,
        "hidden_reason": post.hidden_reason,
    }


def _hide_as_before(post: Post, before: dict[str, Any]) -> None:
    hidden_at = before["hidden_at"]
    post.hidden_at = datetime.fromisoformat(hidden_at) if hidden_at else None
    post.hidden_by_id, post.hidden_reason = before["hidden_by_id"], before["hidden_reason"]
    db.session.flush()


def _revisions(post: Post) -> list[PostRevision]:
    query = select(PostRevision).where(PostRevision.post_id == post.id).order_by(PostRevision.number)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _of_revision(revision: PostRevision) -> list[Change]:
    return [
        Change("revision", (revision.id,), column, getattr(revision, column), "")
        for column in ("body", "plain", "title")
    ]


def _of_drafts(post: Post) -> list[Change]:
    """What its author was changing it into."""
    query = select(Draft).where(Draft.form == EDIT, Draft.subject_id == post.id)
    return [
        Change("draft", (draft.id,), column, before, dict.fromkeys(before, ""))
        for draft in db.session.scalars(query.execution_options(populate_existing=True))
        for column in ("fields", "other_fields")
        if (before := getattr(draft, column))
    ]


def _empty_heading(thread: Thread, act: UndoableAct) -> None:
    thread.hidden_at = act.at
    thread.title = thread.summary = ""
    thread.slug = text.slug("")
    db.session.flush()


def _end_objection(actor: Actor, post: Post, act: UndoableAct) -> None:
    waits = (PostObjection.post_id == post.id, PostObjection.hidden_at == act.at)
    for objection in db.session.scalars(select(PostObjection).where(*waits)).all():
        if objection.decided_at is None:
            objection.decided_at, objection.decided_by_id = clock.now(), actor.id
            objection.restored = True
    db.session.flush()
