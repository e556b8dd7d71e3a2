"""Who does the work that stands in the tables, and what of it waits: workers, events, recurring work."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from forum.infra import clock
from forum.infra.db import db
from forum.models.events import Event, Heartbeat, RecurringWork
from forum.models.mail import Lane

LIVE = timedelta(seconds=60)  # a worker whose last sign is older counts as dead
LATE = timedelta(minutes=10)  # recurring work that is due for so long is overdue


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker process that lives, and the lanes whose mail it sends."""

    name: str
    at: datetime
    started_at: datetime | None
    lanes: frozenset[Lane]


class Events(NamedTuple):
    """Since when the event waits that is due the longest, and how many were given up after some tries.

    At those a person must look.
    """

    oldest_at: datetime | None
    given_up: int


@dataclass(frozen=True, slots=True)
class Recurring:
    """Recurring work: when it was last done and is due, how often it failed in a row and with which error (its name),
    whether it is overdue.
    """

    name: str
    last_at: datetime | None
    next_at: datetime
    failures: int
    last_error: str
    is_overdue: bool


def showing() -> ColumnElement[bool]:
    """Return what is true of the heartbeat of a worker that lives. One from the future is from before the clock was
    set back.
    """
    return Heartbeat.at.between(clock.now() - LIVE, clock.now() + LIVE)


def live() -> list[Worker]:
    """Return the workers that live, those that started first before others."""
    rows = db.session.scalars(
        select(Heartbeat)
        .where(showing())
        .order_by(Heartbeat.started_at, Heartbeat.at)
        .execution_options(populate_existing=True)
    )
    return [Worker(row.name, row.at, row.started_at, _lanes(row.lanes)) for row in rows]


def unserved(alive: list[Worker]) -> list[Lane]:
    """Return the lanes whose mail none of these workers sends."""
    return [lane for lane in Lane if not any(lane in worker.lanes for worker in alive)]


def last_sign() -> datetime | None:
    """Return when any worker last showed that it lives, also one that is dead; None when none ever did."""
    return db.session.scalar(select(func.max(Heartbeat.at)))


def _lanes(written: str) -> frozenset[Lane]:
    known = {lane.value: lane for lane in Lane}
    return frozenset(known[name] for part in written.split(",") if (name := part.strip()) in known)


def events() -> Events:
    """Return what of the events waits (one query)."""
    due = select(func.min(Event.next_try_at)).where(Event.handled_at.is_(None), Event.failed_at.is_(None))
    given_up = select(func.count()).where(Event.handled_at.is_(None), Event.failed_at.is_not(None))
    oldest = due.where(Event.next_try_at <= clock.now()).scalar_subquery()
    return Events(*db.session.execute(select(oldest, given_up.scalar_subquery())).one())


def recurring() -> list[Recurring]:
    """Return the recurring work of the calendar, what is due first before others."""
    now, alive = clock.now(), {worker.name for worker in live()}
    rows = db.session.scalars(
        select(RecurringWork).order_by(RecurringWork.next_at).execution_options(populate_existing=True)
    )
    return [
        Recurring(
            row.name,
            row.last_at,
            row.next_at,
            row.failures,
            row.last_error,
            # What a worker is doing at this moment may take long.
            row.next_at < now - LATE and row.claimed_by not in alive,
        )
        for row in rows
    ]
