"""A moderator lets something appear that waited, or refuses it with a reason that its author reads.

It appears at that moment, as if its author sent it then, in the capacity in which they wrote it: that moment rules its
number, the order, what is new to whom, notices and digests. One decision holds: who comes second is told.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.held_posts import queue
from forum.domain.held_posts.waiting import empty
from forum.domain.house_rules import grounds
from forum.domain.lines import clean_reason
from forum.domain.mailing import events
from forum.domain.people import accounts
from forum.domain.themes import tags as tagging
from forum.domain.threads import post_store, sendings, threads
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Capacity, Member
from forum.models.held import HeldOutcome, HeldPost
from forum.models.moderation import Action
from forum.models.spaces import Space
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_moderate, may_reply, may_start, require
from forum.policy.actors import Actor, actor_of
from forum.policy.errors import Conflict, Invalid, NotFound
from forum.policy.held_posts import may_decide
from forum.policy.measures import refusal
from forum.policy.visibility import get_visible


def rendered(actor: Actor, held_id: int) -> str:
    """Return the HTML of what waits: made before `approve`, outside any lock. NotFound, Conflict, TooOften."""
    try:
        waits = queue.details(actor, held_id)
    except NotFound:
        held = db.session.get(HeldPost, held_id)
        if held is None or held.outcome is None:
            raise
        return ""  # decided since: the verb says so
    try:
        return post_store.render_body(actor, waits.body)
    except Invalid as error:
        raise Conflict(error.message) from error


def approve(actor: Actor, held_id: int, *, seen: int, html: str) -> Post:
    """Let what waits appear; `seen` is the revision that the moderator read, `html` what `rendered` made of it.

    NotFound, Forbidden; Conflict when it was decided or changed since, or cannot appear now: then it goes on waiting.
    """
    held, thread = _locked(actor, held_id)
    if held.outcome == HeldOutcome.APPROVED and held.decided_by_id == actor.id and held.post_id is not None:
        return _appeared(held.post_id)  # the same press, sent twice
    _require_waiting(held)
    if held.revision != seen:
        raise Conflict(_("Its author changed this text since you read it. Read it again."))
    author = actor_of(held.author_id)
    if author is None:
        raise Conflict(_("The person who wrote this may not sign in at present, so it cannot appear."))
    if refusal(author, thread.space_id if thread else held.space_id):
        raise Conflict(
            _("The person who wrote this is muted in this space now. End that first, or refuse this.")
        )
    post = _reply(author, thread, held, html) if held.thread_id else _story(author, held, html)
    post_thread = thread or db.session.get_one(Thread, post.thread_id)
    empty(held, HeldOutcome.APPROVED)
    held.decided_by_id, held.post_id = actor.id, post.id
    audit_log.record(
        actor, Action.APPROVE_POST, thread=post_thread, post_number=post.number, subject_id=author.id
    )
    events.record("held_post.approved", post_id=post.id, actor_id=actor.id)
    db.session.flush()
    return post


def refuse(actor: Actor, held_id: int, *, seen: int, reason: str, rule: str = "") -> HeldPost:
    """Do not let what waits appear. For ten minutes it can be undone; then its author reads why, and has the text.

    `rule` is the house rule on which it rests. NotFound, Forbidden, Invalid at `reason` or `rule`, Conflict as in
    `approve`.
    """
    held, thread = _locked(actor, held_id)
    if held.outcome == HeldOutcome.REFUSED and held.decided_by_id == actor.id:
        return held
    _require_waiting(held)
    if held.revision != seen:
        raise Conflict(_("Its author changed this text since you read it. Read it again."))
    reason = clean_reason(reason, limit=HeldPost.REASON_MAX, missing=_("Say why: the author reads it."))
    space_id = thread.space_id if thread else held.space_id
    rule_id = grounds.rule_of(space_id, rule)
    line = audit_log.record(
        actor,
        Action.REFUSE_POST,
        thread=thread,
        space_id=space_id,
        subject_id=held.author_id,
        reason=reason,
        rule_id=rule_id,
    )
    slug = db.session.scalar(select(Space.slug).where(Space.id == space_id))
    before = {"held_id": held.id, "slug": slug, "log_id": line.id, "space_id": space_id}
    act = undoable.note(actor, UndoKind.REFUSE_POST, before=before)
    held.outcome, held.decided_at, held.decided_by_id = HeldOutcome.REFUSED, act.at, actor.id
    held.reason, held.rule_id = reason, rule_id
    events.record("held_post.refused", held_id=held.id, act_id=act.id)
    return held


def undoable_of(actor: Actor, held_id: int) -> int | None:
    """Return the act by which the actor refused something, while it can be undone (one query)."""
    acts = undoable.open_acts(actor, kind=UndoKind.REFUSE_POST)
    return next((act.id for act in acts if act.before["held_id"] == held_id), None)


def undo(actor: Actor, act: UndoableAct) -> None:
    """Let what was refused wait again; NotFound, Forbidden, Conflict when its author took it back since."""
    # They know of it, as they refused it: who moderates there no more is told so.
    known = db.session.get_one(HeldPost, act.before["held_id"])
    its_thread = db.session.get(Thread, known.thread_id) if known.thread_id is not None else None
    place = its_thread.space_id if its_thread else known.space_id
    require(may_decide(actor, known, place, is_deputy=queue.is_deputy_for(actor, known)))
    held, thread = _locked(actor, known.id)
    if undoable.undone_meanwhile(act):
        return
    if held.outcome != HeldOutcome.REFUSED or held.decided_at != act.at:
        raise Conflict(_("Its author took this text back."))
    space_id = thread.space_id if thread else held.space_id
    if space_id != act.before.get("space_id", space_id):  # the moderators of another space would read it
        raise Conflict(_("Something else was done here since. This can no longer be undone."))
    held.outcome = held.decided_at = held.decided_by_id = None
    held.reason, held.rule_id = "", None
    audit_log.record(actor, Action.HOLD_AGAIN, thread=thread, space_id=space_id, subject_id=held.author_id)
    undoable.note_undone(act)


def refused(held_id: int) -> HeldPost | None:
    """Return what was refused and is still there for its author to read why; None otherwise."""
    held = db.session.get(HeldPost, held_id, populate_existing=True)
    return held if held is not None and held.outcome == HeldOutcome.REFUSED else None


def _appeared(post_id: int) -> Post:
    return db.session.get_one(Post, post_id, options=[joinedload(Post.thread)], populate_existing=True)


def _reply(author: Actor, thread: Thread | None, held: HeldPost, html: str) -> Post:
    try:
        get_visible(Thread, author, held.thread_id)
    except NotFound as error:
        raise Conflict(
            _("The person who wrote this can no longer read the thread, so it cannot appear there.")
        ) from error
    assert thread is not None
    if thread.archived_at is not None:
        raise Conflict(_("The thread is in the archive. Take it out first, or refuse this."))
    if thread.locked_at is not None:
        raise Conflict(_("The thread is closed. Open it again first, or refuse this."))
    if not may_reply(author, thread):
        raise Conflict(_("The opening post is hidden or taken back: nobody can reply in this thread now."))
    return threads.reply_approved(
        author,
        thread,
        body=held.body,
        html=html,
        kind=held.kind,
        answers_id=held.answers_id,
        capacity=_capacity(held),
        idempotency_key=held.idempotency_key,
    )


def _story(author: Actor, held: HeldPost, html: str) -> Post:
    space = db.session.get_one(Space, held.space_id)
    if not may_start(author, space):
        raise Conflict(_("The person who wrote this no longer belongs to this space, so it cannot appear."))
    if held.audience is None or held.need is None or held.audience.rank > space.widest_audience.rank:
        raise Conflict(
            _("Threads in this space can no longer have that many readers. Refuse it, and say so.")
        )
    names = tuple(tagging.clean(held.tags))
    story = sendings.Story(space.id, held.title, held.body, held.need, held.axis, held.audience, names)
    thread = threads.start_approved(
        author, story, html, capacity=_capacity(held), idempotency_key=held.idempotency_key
    )
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()


def _capacity(held: HeldPost) -> Capacity | None:
    return db.session.get(Capacity, held.capacity_id) if held.capacity_id else None


def _require_waiting(held: HeldPost) -> None:
    if held.outcome is None:
        return
    name = db.session.scalar(select(Member.name).where(Member.id == held.decided_by_id))
    if held.outcome == HeldOutcome.TAKEN_BACK or name is None:
        raise Conflict(_("This no longer waits: its author took it back."))
    if held.outcome == HeldOutcome.APPROVED:
        raise Conflict(_("%(name)s let this appear a moment ago.", name=name))
    raise Conflict(_("%(name)s refused this a moment ago.", name=name))


def _locked(actor: Actor, held_id: int) -> tuple[HeldPost, Thread | None]:
    """What waits or waited, with its thread, both locked; NotFound for a place that the actor may not read."""
    while True:
        found: Any = db.session.get(HeldPost, held_id, populate_existing=True)
        if found is None:
            raise NotFound
        thread, thread_id = None, found.thread_id
        if thread_id is None:
            accounts.one_at_a_time(db.session.get_one(Member, found.author_id))
        else:
            try:
                thread = post_store.locked_thread(actor, thread_id)
            except NotFound:
                # A thread that was merged into another between the two shows no more, and what waits went along.
                if db.session.scalar(select(HeldPost.thread_id).where(HeldPost.id == held_id)) == thread_id:
                    raise
                continue
        query = select(HeldPost).where(HeldPost.id == held_id).with_for_update()
        held = db.session.scalars(query.execution_options(populate_existing=True)).one()
        if held.thread_id == thread_id:
            break
    space_id = thread.space_id if thread else held.space_id
    is_deputy = queue.is_deputy_for(actor, held)
    if not may_moderate(actor, space_id) and not is_deputy:
        raise NotFound
    require(may_decide(actor, held, space_id, is_deputy=is_deputy))
    return held, thread
