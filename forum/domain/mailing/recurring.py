"""Recurring work as rows: when each was done last and is due next, and which worker does it at this moment."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select

from forum.domain.mailing import workers
from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.events import Heartbeat, RecurringWork

MOST = 1000  # failures in a row that are counted


def add_missing(names: Sequence[str], *, due_at: datetime) -> None:
    """Make the rows of works that have none, due at that moment."""
    insert_new(RecurringWork, [{"name": name, "next_at": due_at} for name in names])


def anything_due(names: Sequence[str]) -> bool:
    """Return whether one of these works is due."""
    return bool(
        db.session.scalar(select(exists().where(RecurringWork.name.in_(names), _is_due(clock.now()))))
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(RecurringWork.next_at <= now, RecurringWork.last_at > now + workers.LIVE)


def claim_due(names: Sequence[str], *, owner: str) -> str | None:
    """Claim the work that is due for the longest time and return its name; None when nothing is.

    Work of an owner who is silent is free again, and so is work of this owner, who does one at a time. Commit then.
    What was done in the future is due: the clock was set back since, and its next time may be a year away.
    """
    now = clock.now()
    alive = select(Heartbeat.name).where(workers.showing())
    free = or_(
        RecurringWork.claimed_by.is_(None),
        RecurringWork.claimed_by == owner,
        RecurringWork.claimed_by.not_in(alive),
    )
    work = db.session.scalars(
        select(RecurringWork)
        .where(RecurringWork.name.in_(names), _is_due(now), free)
        .order_by(RecurringWork.next_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()
    if work is None:
        return None
    work.claimed_by = owner
    work.last_at = min(work.last_at, now) if work.last_at else None
    db.session.flush()
    return work.name


def note_done(name: str, *, at: datetime) -> None:
    """Note that the work was done, and give it back."""
    work = db.session.get_one(RecurringWork, name, populate_existing=True)
    work.last_at, work.failures, work.last_error = at, 0, ""
    work.claimed_by = None


def note_failure(name: str, error: str, *, at: datetime) -> int:
    """Note the name of the error that ended the work, and give it back; return the failures in a row."""
    work = db.session.get_one(RecurringWork, name, populate_existing=True)
    work.failures, work.last_error = min(work.failures + 1, MOST), error
    work.claimed_by = None
    return work.failures


def plan(name: str, next_at: datetime) -> None:
    """Set when the work is due next."""
    db.session.get_one(RecurringWork, name).next_at = next_at
