"""Events and their reactions: a few events in one transaction, one savepoint for each reaction."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, or_, select

from forum.infra import clock, failures
from forum.infra.db import db
from forum.infra.failpoints import failpoint
from forum.jobs.stumbles import Stumbles
from forum.models.events import Event
from forum.reactions import REACTIONS, Reaction

log = logging.getLogger(__name__)
TRIES = 5
AT_ONCE = 20  # events in one transaction: more would keep others waiting for SQLite's lock
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


def process_due(stumbles: Stumbles | None = None) -> int:
    """Handle the oldest events that are due, a few at once, and commit; return how many.

    Where the database fails its error is raised; with `stumbles`, which the caller keeps, an event over which it always
    does is put back like any other that breaks.
    """
    events = _due()
    if events:
        failpoint("event.claimed")
    for event in events:
        event_id = event.id
        try:
            _handle(event)
        except Exception as error:
            db.session.rollback()
            if stumbles is None or failures.of(error) is None or not stumbles.is_of_the_row(event_id):
                raise
            _put_back(event_id, error)
            return 1
    if events:
        failpoint("event.handled")
    db.session.commit()
    db.session.expire_all()
    return len(events)


def _handle(event: Event) -> None:
    failed = [reaction for reaction in REACTIONS.get(event.name, ()) if not _succeeds(reaction, event)]
    if failed:
        _schedule_retry(event, ", ".join(f"{each.__module__}.{each.__name__}" for each in failed))
    else:
        event.handled_at = clock.now()


def _put_back(event_id: int, error: Exception) -> None:
    event = db.session.get(Event, event_id, with_for_update=True)
    if event is not None and event.handled_at is None:
        log.error("event %s (%s) met the same failure of the database each time", event_id, event.name)
        _schedule_retry(event, type(error).__name__)
    db.session.commit()
    db.session.expire_all()


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


def _schedule_retry(event: Event, failed: str) -> None:
    """Retry later, or give up. Only names are stored: an error message could quote what somebody wrote."""
    event.attempts += 1
    event.last_error = failed
    if event.attempts >= TRIES:
        event.failed_at = clock.now()
        log.error("event %s (%s) is set aside after %s tries", event.id, event.name, event.attempts)
    else:
        event.next_try_at = clock.now() + DELAYS[min(event.attempts, len(DELAYS)) - 1]
