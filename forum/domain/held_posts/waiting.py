"""What somebody sent and a moderator did not let appear yet, or refused: for its author alone."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, delete, select

from forum.domain.audit import resting
from forum.domain.drafts import drafts
from forum.domain.drafts.views import DraftView, Enter, Fields, Subject
from forum.domain.held_posts import why
from forum.domain.held_posts.sending import is_final
from forum.domain.mailing import notices
from forum.domain.people import accounts
from forum.domain.threads import post_store
from forum.infra import clock, text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.held import HeldBecause, HeldOutcome, HeldPost
from forum.models.house_rules import HouseRule, RulesVersion
from forum.models.spaces import Space
from forum.models.themes import NO_AXIS
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, NotFound
from forum.policy.visibility import sees

MOST = 60  # in the list of one member
KEPT = timedelta(days=90)  # what was refused, for its author; also what the forms that made it are known by
REFUSED, WAITING = "refused", "waiting"
STORY, REPLY = "story", "reply"  # forms of `draft_places`, which is above


@dataclass(frozen=True, slots=True)
class Own:
    """What somebody sent; without a title and a place where they may not read that any more."""

    id: int
    state: str  # WAITING, or REFUSED once that can no longer be undone
    is_reply: bool
    title: str  # of the story, or of the thread in which it is a reply
    body: str
    thread_id: int | None
    thread_slug: str
    space_name: str
    because: HeldBecause
    written_at: datetime
    revision: int
    reason: str  # why it was refused
    rule: resting.Rule | None = None  # and on which house rule that rests


def own(actor: Actor) -> list[Own]:
    """Return what of the actor waits or was refused, the newest first (one query)."""
    rows = db.session.execute(_of(actor).order_by(HeldPost.written_at.desc(), HeldPost.id.desc()).limit(MOST))
    return [_view(row) for row in rows]


def in_thread(actor: Actor, thread_id: int) -> list[Own]:
    """Return the actor's replies in a thread that wait, in the order in which they were sent (one query)."""
    query = _of(actor).where(HeldPost.thread_id == thread_id).order_by(HeldPost.id)
    return [view for row in db.session.execute(query) if (view := _view(row)).state == WAITING]


def one(actor: Actor, held_id: int) -> Own:
    """Return one of them; NotFound also for what appeared or was taken back."""
    row = db.session.execute(_of(actor).where(HeldPost.id == held_id)).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


def of_ids(actor: Actor, held_ids: Collection[int]) -> list[Own]:
    """Return those of the actor among these, as `one` does (one query)."""
    return [_view(row) for row in db.session.execute(_of(actor).where(HeldPost.id.in_(held_ids)))]


def appeared(actor: Actor, held_id: int) -> Post | None:
    """Return the post that came of what the actor sent, if they may read it; None otherwise."""
    query = select(Post).join(HeldPost, HeldPost.post_id == Post.id).join(Thread, Thread.id == Post.thread_id)
    mine = (HeldPost.id == held_id, HeldPost.author_id == actor.id)
    return db.session.scalars(query.where(*mine, sees(Thread, actor))).one_or_none()


def change(
    actor: Actor, held_id: int, *, title: str, body: str, seen: int, rendered: str | None = None
) -> HeldPost:
    """Change what waits; the title of a reply is none. It keeps its place among what waits.

    NotFound, Invalid at `title` or `body`, Conflict when it was decided or changed since.
    """
    html = post_store.render_body(actor, body) if rendered is None else rendered
    held = _locked(actor, held_id)
    typed = text.typed(body)
    heading = "" if held.thread_id else post_store.clean_title(title)
    if held.outcome == HeldOutcome.REFUSED and is_final(held):
        raise Conflict(_("This did not appear. You can take your text back as a draft."))
    if (held.title, held.body) == (heading, typed):
        return held
    if held.revision != seen:
        raise Conflict(_("This text was changed somewhere else while you were writing."))
    held.title, held.body, held.revision = heading, typed, held.revision + 1
    if reason := why.of(actor, held.space_id, html, heading):
        held.because, held.word = reason
    db.session.flush()
    return held


def take_back(actor: Actor, held_id: int, *, enter: Enter) -> DraftView:
    """Take back what waits or was refused: its words become a draft, and are kept nowhere else.

    NotFound; Conflict where the actor may no longer write there, Invalid at `draft` when they have too many.
    """
    accounts.one_at_a_time(actor)
    held = _locked(actor, held_id)
    subject = Subject(REPLY, held.thread_id) if held.thread_id else Subject(STORY, held.space_id)
    key = str(uuid.uuid4())
    try:
        kept = drafts.keep(actor, subject, key, _fields(held), revision=0, enter=enter)
    except NotFound as error:
        raise Conflict(
            _("You may no longer write there, so it cannot become a draft. Copy what you want to keep.")
        ) from error
    if kept is None:
        raise NotFound
    _leave(held)
    return kept


def throw_away(actor: Actor, held_id: int) -> None:
    """Take back what waits or was refused; its words are gone. NotFound."""
    _leave(_locked(actor, held_id))


def forget_decided() -> None:
    """Forget what appeared, was refused or taken back longer ago than KEPT."""
    old = (HeldPost.outcome.is_not(None), HeldPost.decided_at < clock.now() - KEPT)
    db.session.execute(delete(HeldPost).where(*old))


def empty(held: HeldPost, outcome: HeldOutcome) -> None:
    """Note what came of it; its words go from here. The form of what was taken back can be sent anew."""
    held.outcome, held.decided_at = outcome, clock.now()
    held.title, held.body, held.tags, held.reason, held.word = "", "", [], "", ""
    if outcome == HeldOutcome.TAKEN_BACK:
        held.idempotency_key = str(uuid.uuid4())
    db.session.flush()


def _leave(held: HeldPost) -> None:
    """Empty what its author takes back; that it was refused they need not hear any more."""
    if held.outcome == HeldOutcome.REFUSED:
        refusal = select(UndoableAct).where(
            UndoableAct.kind == UndoKind.REFUSE_POST,
            UndoableAct.actor_id == held.decided_by_id,
            UndoableAct.at == held.decided_at,
        )
        for act in db.session.scalars(refusal):
            notices.forget(act.id, since=act.at)
    empty(held, HeldOutcome.TAKEN_BACK)


def _fields(held: HeldPost) -> Fields:
    answers = db.session.scalar(select(Post.number).where(Post.id == held.answers_id))
    if held.thread_id:
        return {"body": held.body, "kind": held.kind or "", "answers": str(answers or "")}
    slug = db.session.scalar(select(Space.slug).where(Space.id == held.space_id))
    return {
        "title": held.title,
        "body": held.body,
        "tags": ", ".join(held.tags),
        "need": held.need or "",
        "axis": held.axis or NO_AXIS,
        "audience": held.audience or "",
        "space": slug or "",
    }


def _locked(actor: Actor, held_id: int) -> HeldPost:
    query = _mine(select(HeldPost), actor).where(HeldPost.id == held_id).with_for_update()
    held = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if held is None:
        raise NotFound
    return held  # type: ignore[no-any-return]  # of a query of one model


def _of(actor: Actor) -> Select[Any]:
    query: Any = (
        select(HeldPost, Thread, Space.name.label("space_name"), *resting.COLUMNS)
        .select_from(HeldPost)
        .outerjoin(Thread, and_(Thread.id == HeldPost.thread_id, sees(Thread, actor)))
        .outerjoin(Space, and_(Space.id == HeldPost.space_id, sees(Space, actor)))
        .outerjoin(HouseRule, HouseRule.id == HeldPost.rule_id)
        .outerjoin(RulesVersion, RulesVersion.id == HouseRule.version_id)
    )
    return _mine(query, actor)


def _mine(query: Select[Any], actor: Actor) -> Select[Any]:
    shown = HeldPost.outcome.is_(None) | (HeldPost.outcome == HeldOutcome.REFUSED)
    return query.where(HeldPost.author_id == actor.id, shown)


def _view(row: Any) -> Own:
    held, thread = row.HeldPost, row.Thread
    is_refused = held.outcome == HeldOutcome.REFUSED and is_final(held)
    return Own(
        id=held.id,
        state=REFUSED if is_refused else WAITING,
        is_reply=held.thread_id is not None,
        title=held.title or (thread.title if thread else ""),
        body=held.body,
        thread_id=thread.id if thread else None,
        thread_slug=thread.slug if thread else "",
        space_name=row.space_name or "",
        because=held.because,
        written_at=held.written_at,
        revision=held.revision,
        reason=held.reason if is_refused else "",
        rule=resting.rule_of(row) if is_refused and row.space_name else None,
    )
