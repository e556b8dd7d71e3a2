"""Acts that can be undone for ten minutes: they took effect at once, and their letters wait until then."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from forum.domain.mailing import notices
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.threads import Post
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, NotFound

WINDOW = timedelta(minutes=10)
DECIDED = "decided"  # in `before`, of what somebody decided an objection about


@dataclass(frozen=True, slots=True)
class OpenAct:
    """An act that its actor can still undo, for a line on the page; `number` is that of its post.

    `title` is that of what it was done to, where whoever lists acts of its kind says so.
    """

    id: int
    kind: UndoKind
    number: int | None
    removal_id: int | None
    before: dict[str, Any]
    until: datetime
    title: str = ""
    thread_id: int | None = None


def note(
    actor: Actor,
    kind: UndoKind,
    *,
    thread_id: int | None = None,
    post_id: int | None = None,
    removal_id: int | None = None,
    before: dict[str, Any] | None = None,
    window: timedelta = WINDOW,
) -> UndoableAct:
    """Write down an act of this moment, with what undo brings back; without a window nobody undoes it."""
    now = clock.now()
    act = UndoableAct(
        kind=kind,
        actor_id=actor.id,
        thread_id=thread_id,
        post_id=post_id,
        removal_id=removal_id,
        before=before or {},
        at=now,
        until=now + window,
    )
    db.session.add(act)
    db.session.flush()
    return act


def said_in(act_id: int, log_id: int) -> None:
    """Name the line of the log that says an act, just done: beside it the desk offers to undo it."""
    act = db.session.get_one(UndoableAct, act_id)
    act.before = {**act.before, "log_id": log_id}
    db.session.flush()


def open_acts(actor: Actor, *, thread_id: int | None = None, kind: UndoKind | None = None) -> list[OpenAct]:
    """Return what the actor can still undo in a thread, or of a kind, the latest first."""
    query = (
        select(UndoableAct, Post.number)
        .outerjoin(Post, Post.id == UndoableAct.post_id)
        .where(UndoableAct.actor_id == actor.id, *_is_open())
        .order_by(UndoableAct.id.desc())
    )
    if thread_id is not None:
        query = query.where(UndoableAct.thread_id == thread_id)
    if kind is not None:
        query = query.where(UndoableAct.kind == kind)
    return [
        OpenAct(act.id, act.kind, number, act.removal_id, act.before, act.until, thread_id=act.thread_id)
        for act, number in db.session.execute(query)
    ]


def of_post(actor: Actor, post: Post, *kinds: UndoKind) -> int | None:
    """Return the id of the last act of the actor of these kinds on a post that can still be undone; None for none."""
    acts = open_acts(actor, thread_id=post.thread_id)
    return next((act.id for act in acts if act.kind in kinds and act.number == post.number), None)


def of_item(actor: Actor, item: str) -> int | None:
    """Return the id of the last act of the actor on an item of the desk that can still be undone; None for none."""
    acts = (act.id for act in open_acts(actor) if act.before.get("item") == item)
    return next(acts, None)


def own(actor: Actor, act_id: int, *, lock: bool = False) -> UndoableAct:
    """Return an act of the actor, undone or not; NotFound also for another's."""
    query = select(UndoableAct).where(UndoableAct.id == act_id, UndoableAct.actor_id == actor.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    act = db.session.scalars(query).one_or_none()
    if act is None:
        raise NotFound
    return act


def moment(at: datetime | None) -> str | None:
    """Return a moment as `before` of an act keeps it."""
    return None if at is None else at.isoformat()


def kept_moment(before: dict[str, Any], name: str, otherwise: datetime | None) -> datetime | None:
    """Return a moment that `before` keeps, or none; `otherwise` of an act that kept nothing by that name."""
    if name not in before:
        return otherwise
    return None if before[name] is None else datetime.fromisoformat(before[name])


def is_open(act: UndoableAct) -> bool:
    """Return whether an act can still be undone."""
    return act.undone_at is None and clock.now() < act.until


def stands(act_id: int) -> bool:
    """Return whether an act was not undone: only then is anybody told of it."""
    query = select(UndoableAct.id).where(UndoableAct.id == act_id, UndoableAct.undone_at.is_(None))
    return db.session.scalar(query) is not None


def note_undone(act: UndoableAct) -> None:
    """Write down that an act is undone: as if nothing happened, nobody is told of it.

    What it was done to is locked, so that nobody writes at the same moment what is told of it.
    """
    act.undone_at = clock.now()
    db.session.flush()
    notices.forget(act.id, since=act.at)


def mark_undone(kind: UndoKind, *, thread_id: int | None = None, post_id: int | None = None) -> bool:
    """Write down that what was done to a thread or a post is undone, by whoever did that: nobody hears of it later.

    Return whether it could still be undone: then nobody was told of it before either.
    """
    about = UndoableAct.thread_id == thread_id if post_id is None else UndoableAct.post_id == post_id
    return _mark(kind, about)


def end(*kinds: UndoKind, at: datetime, thread_id: int | None = None, post_id: int | None = None) -> None:
    """Let acts of these kinds on a thread or a post be undone no longer: a later act took their place at that moment.

    Whoever is told of them hears it all the same.
    """
    _end(kinds, at, thread_id, post_id)


def decided(*kinds: UndoKind, post_id: int) -> None:
    """Let acts of these kinds on a post be undone no longer, as somebody decided on an objection to them just now."""
    for act in _end(kinds, clock.now(), None, post_id):
        act.before = {**act.before, DECIDED: True}
    db.session.flush()


def require_open(act: UndoableAct) -> None:
    """Refuse to undo an act that nobody can undo any more: too late, or decided on since; Conflict."""
    if is_open(act):
        return
    if act.before.get(DECIDED):
        raise Conflict(_("Somebody else decided on this since."))
    raise Conflict(_("The ten minutes in which you could undo this are over."))


def undone_meanwhile(act: UndoableAct) -> bool:
    """Read an act anew, once what it was done to is locked: return whether the same press was faster.

    Conflict where somebody did something meanwhile that lets nobody undo it any more.
    """
    db.session.refresh(act)
    if act.undone_at is not None:
        return True
    require_open(act)
    return False


def _end(
    kinds: tuple[UndoKind, ...], at: datetime, thread_id: int | None, post_id: int | None
) -> list[UndoableAct]:
    about = UndoableAct.thread_id == thread_id if post_id is None else UndoableAct.post_id == post_id
    query = select(UndoableAct).where(UndoableAct.kind.in_(kinds), about, UndoableAct.undone_at.is_(None))
    query = query.where(UndoableAct.until > at)
    found = list(db.session.scalars(query.execution_options(populate_existing=True)))
    for act in found:
        act.until = at
    db.session.flush()
    return found


def mark_lesson_undone(kind: UndoKind, lesson_id: int, *, since: datetime) -> bool:
    """Write the same down of what was done to a lesson at that moment, where another verb than its undo ended it."""
    if since <= clock.now() - WINDOW:
        return False  # whoever tells of it later looks at the lesson, and finds another moment there
    return _mark(kind, UndoableAct.at == since, lesson_id)


def mark_act_undone(act_id: int) -> bool:
    """Write the same down of one act, if it can still be undone; return whether it could."""
    act = db.session.get_one(UndoableAct, act_id, populate_existing=True)
    if not is_open(act):
        return False
    note_undone(act)
    return True


def _mark(kind: UndoKind, about: ColumnElement[bool], lesson_id: int | None = None) -> bool:
    query = select(UndoableAct).where(UndoableAct.kind == kind, about, UndoableAct.undone_at.is_(None))
    acts = db.session.scalars(query.execution_options(populate_existing=True)).all()
    found = [act for act in acts if act.before.get("lesson_id") == lesson_id]
    were_open = [is_open(act) for act in found]
    for act in found:
        note_undone(act)
    return any(were_open)


def _is_open() -> tuple[ColumnElement[bool], ...]:
    return UndoableAct.undone_at.is_(None), UndoableAct.until > clock.now()
