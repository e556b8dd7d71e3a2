"""Members say with one press that there is a lesson in a thread; its moderators begin one, or close that with a reason.

It is no score: who said it reads that they did, and only moderators of the space of the thread read how many did.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, delete, or_, select, update

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.lines import clean_reason
from forum.domain.mailing import events
from forum.domain.people import capacities
from forum.domain.threads import post_store
from forum.infra import clock, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Capacity
from forum.models.lessons import Lesson, LessonSource
from forum.models.moderation import Action
from forum.models.nominations import Nomination, NominationEnd
from forum.models.threads import Thread
from forum.models.undo import UndoKind
from forum.policy.actions import may_moderate, may_nominate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.visibility import get_visible

MOST = "60 per hour"
OPEN = Nomination.ended_at.is_(None)
# Its member still finds it pressed: also when a lesson was begun, which is not told.
STANDING = or_(OPEN, Nomination.ending == NominationEnd.TAKEN_UP)


@dataclass(slots=True)
class Nominated:
    """Who says that there is a lesson in a thread, for its moderators: how many, and from which cities."""

    members: int = 0
    since: datetime | None = None  # the first of them
    cities: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Closed:
    """Why the nomination of a member was closed, and when."""

    reason: str
    at: datetime


def nominate(actor: Actor, thread_id: int) -> Thread:
    """Say that there is a lesson in a thread; twice is once. NotFound, Forbidden, TooOften."""
    thread = post_store.locked_thread(actor, thread_id)
    require(may_nominate(actor, thread))
    rates.spend("nominate", f"member:{actor.id}", limit=MOST)
    # Who presses at the same moment on another device waits for the lock on the thread, and finds this one.
    if not _own(actor, thread):
        db.session.add(
            Nomination(thread_id=thread.id, member_id=actor.id, nominated_at=clock.now(), reason="")
        )
        db.session.flush()
    return thread


def take_back(actor: Actor, thread_id: int) -> Thread:
    """Say it no more, also where the thread is closed; without a nomination nothing happens. NotFound."""
    thread = post_store.locked_thread(actor, thread_id)
    for one in _own(actor, thread):
        db.session.delete(one)
    db.session.flush()
    return thread


def close(actor: Actor, thread_id: int, *, reason: str) -> Thread:
    """Close what members said of a thread, as its moderator; ten minutes later each of them reads the reason.

    Until then it can be undone (`closed_nominations.undo`). The same twice is once. NotFound, Forbidden, Invalid at
    `reason`, Conflict when nobody says it any more.
    """
    thread = post_store.locked_thread(actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    reason = clean_reason(
        reason, limit=Nomination.REASON_MAX, missing=_("Say why: whoever nominated it reads it.")
    )
    ended = _end(actor, thread, NominationEnd.CLOSED, reason)
    if ended:
        line = audit_log.record(actor, Action.CLOSE_NOMINATION, thread=thread, reason=reason)
        before = {"item": item_of(thread.id), "ids": ended, "space_id": thread.space_id, "log_id": line.id}
        act = undoable.note(actor, UndoKind.CLOSE_NOMINATION, thread_id=thread.id, before=before)
        events.record("nomination.closed", nomination_id=ended[0], act_id=act.id)
    elif not _closed_already(actor, thread, reason):
        raise Conflict(_("Nobody says now that there is a lesson in this thread."))
    return thread


def item_of(thread_id: int) -> str:
    """Return the key by which the desk has what members said of a thread."""
    return f"nominated-{thread_id}"


def closed_with(nomination_id: int) -> list[Nomination]:
    """Return the nominations that were closed together with one, itself included; none when it is gone."""
    one = db.session.get(Nomination, nomination_id, populate_existing=True)
    if one is None or one.ending != NominationEnd.CLOSED:
        return []
    together = (
        Nomination.thread_id == one.thread_id,
        Nomination.ending == NominationEnd.CLOSED,
        Nomination.ended_at == one.ended_at,
    )
    return list(db.session.scalars(select(Nomination).where(*together).order_by(Nomination.id)))


def take_up(actor: Actor, thread: Thread) -> None:
    """Close what members said of a thread because a lesson is begun; the thread is locked."""
    _end(actor, thread, NominationEnd.TAKEN_UP, "")


def taken_up(thread_ids: Collection[int]) -> list[Nomination]:
    """Return what members said of these threads until a lesson was begun, the first one first."""
    of_these = (Nomination.thread_id.in_(thread_ids), Nomination.ending == NominationEnd.TAKEN_UP)
    return list(db.session.scalars(select(Nomination).where(*of_these).order_by(Nomination.id)))


def reopen(thread_ids: Collection[int]) -> None:
    """Let those of threads stand again that were taken up, as nothing is left of a lesson of them (system verb).

    Not where another lesson of the thread was begun after they were said: that one answers them.
    """
    answered = (
        select(LessonSource.lesson_id)
        .join(Lesson, Lesson.id == LessonSource.lesson_id)
        .where(LessonSource.thread_id == Nomination.thread_id, Lesson.created_at >= Nomination.nominated_at)
    )
    db.session.execute(
        update(Nomination)
        .where(
            Nomination.thread_id.in_(thread_ids),
            Nomination.ending == NominationEnd.TAKEN_UP,
            ~answered.correlate(Nomination).exists(),
        )
        .values(ending=None, ended_at=None, ended_by_id=None)
        .execution_options(synchronize_session="fetch")
    )


def forget(thread: Thread) -> None:
    """Forget what members said of a thread that moves: they said it to the moderators of the space where it stood."""
    db.session.execute(delete(Nomination).where(Nomination.thread_id == thread.id))


def of_threads(thread_ids: Collection[int]) -> dict[int, Nominated]:
    """Return who nominates these threads, for a moderator of their spaces (one query)."""
    found = {thread_id: Nominated() for thread_id in thread_ids}
    query = select(Nomination.thread_id, Nomination.nominated_at, _city().label("city"))
    query = query.where(Nomination.thread_id.in_(thread_ids), OPEN)
    for row in db.session.execute(query.order_by(Nomination.nominated_at, Nomination.id)):
        one = found[row.thread_id]
        one.members += 1
        one.since = one.since or row.nominated_at
        city = row.city
        if city is not None and city not in one.cities:
            one.cities.append(city)
    return found


def to_close(actor: Actor, thread_id: int) -> tuple[Thread, Nominated]:
    """Return a thread that members nominate, for its moderator; NotFound, Forbidden, Conflict."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    nominated = of_threads([thread.id])[thread.id]
    if not nominated.members:
        raise Conflict(_("Nobody says now that there is a lesson in this thread."))
    return thread, nominated


def last_closed(actor: Actor, thread_id: int) -> tuple[Thread, Closed | None]:
    """Return a thread, and why the actor's last nomination of it was closed, once nobody can undo that; NotFound."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    query = select(Nomination).where(
        Nomination.thread_id == thread.id,
        Nomination.member_id == actor.id,
        Nomination.ending == NominationEnd.CLOSED,
        Nomination.ended_at <= clock.now() - undoable.WINDOW,
    )
    row = db.session.scalars(query.order_by(Nomination.id.desc()).limit(1)).one_or_none()
    if row is None or row.ended_at is None:
        return thread, None
    return thread, Closed(row.reason, row.ended_at)


def _own(actor: Actor, thread: Thread) -> list[Nomination]:
    own = (Nomination.thread_id == thread.id, Nomination.member_id == actor.id, STANDING)
    return list(db.session.scalars(select(Nomination).where(*own)))


def _end(actor: Actor, thread: Thread, ending: NominationEnd, reason: str) -> list[int]:
    ended = db.session.execute(
        update(Nomination)
        .where(Nomination.thread_id == thread.id, OPEN)
        .values(ending=ending, ended_at=clock.now(), ended_by_id=actor.id, reason=reason)
        .returning(Nomination.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(ended.scalars())


def _closed_already(actor: Actor, thread: Thread, reason: str) -> bool:
    query = select(Nomination.id).where(
        Nomination.thread_id == thread.id,
        Nomination.ending == NominationEnd.CLOSED,
        Nomination.ended_by_id == actor.id,
        Nomination.reason == reason,
    )
    return db.session.scalar(query.limit(1)) is not None


def _city() -> ScalarSelect[Any]:
    """For which city the member of a `Nomination` speaks today, where somebody confirmed that they do."""
    query = select(Capacity.city).where(Capacity.member_id == Nomination.member_id, capacities.speaks_today())
    return query.order_by(Capacity.id).limit(1).correlate(Nomination).scalar_subquery()
