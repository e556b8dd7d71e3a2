"""Events and their reactions: a few events in one transaction, one savepoint for each reaction."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, or_, select

from forum.infra import clock, failures
from forum.infra.db import db
from forum.infra.failpoints import failpoint
from forum.models.events import Event
from forum.reactions import REACTIONS, Reaction

log = logging.getLogger(__name__)
TRIES = 5
AT_ONCE = 20  # events in one transaction: more would keep others waiting for SQLite's lock
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


def process_due() -> int:
    """Handle the oldest events that are due, a few at once, and commit; return how many."""
    events = _due()
    if events:
        failpoint("event.claimed")
    for event in events:
        failed = [reaction for reaction in REACTIONS.get(event.name, ()) if not _succeeds(reaction, event)]
        if failed:
            _schedule_retry(event, failed)
        else:
            event.handled_at = clock.now()
    if events:
        failpoint("event.handled")
    db.session.commit()
    db.session.expire_all()
    return len(events)


def anything_due() -> bool:
    """Return whether an event waits to be handled at this moment."""
    return bool(db.session.scalar(select(exists().where(*_waiting()))))


def _waiting() -> tuple[ColumnElement[bool], ...]:
    # An event waits for nothing at first and never for longer than the last delay: what seems to was dated before the
    # clock was set back.
    due = or_(
        Event.next_try_at <= clock.now(),
        Event.attempts == 0,
        Event.next_try_at > clock.now() + 2 * DELAYS[-1],
    )
    return Event.handled_at.is_(None), Event.failed_at.is_(None), due


def _due() -> Sequence[Event]:
    return db.session.scalars(
        select(Event)
        .where(*_waiting())
        .order_by(Event.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def _succeeds(reaction: Reaction, event: Event) -> bool:
    try:
        with db.session.begin_nested():
            reaction(event)
    except Exception as error:
        if failures.of(error) is not None:
            raise  # it says nothing about this event
        log.exception("reaction %s failed on event %s", reaction.__name__, event.id)
        return False
    return True


def _schedule_retry(event: Event, failed: list[Reaction]) -> None:
    """Retry later, or give up. Only names are stored: an error message could quote what somebody wrote."""
    event.attempts += 1
    event.last_error = ", ".join(f"{r.__module__}.{r.__name__}" for r in failed)
    if event.attempts >= TRIES:
        event.failed_at = clock.now()
        log.error("event %s (%s) is set aside after %s tries", event.id, event.name, event.attempts)
    else:
        event.next_try_at = clock.now() + DELAYS[min(event.attempts, len(DELAYS)) - 1]
