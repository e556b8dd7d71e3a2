"""Events and their reactions: one transaction for each event, one savepoint for each reaction."""

import logging
from datetime import timedelta

from sqlalchemy import select

from forum.infra import clock
from forum.infra.db import db
from forum.infra.failpoints import failpoint
from forum.models.events import Event
from forum.reactions import REACTIONS, Reaction

log = logging.getLogger(__name__)
TRIES = 5
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


def process_next() -> bool:
    """Handle the oldest event that is due and commit; return False when there is none."""
    event = _next()
    if event is None:
        db.session.commit()
        return False
    failpoint("event.claimed")
    failed = [reaction for reaction in REACTIONS.get(event.name, ()) if not _succeeds(reaction, event)]
    if failed:
        _schedule_retry(event, failed)
    else:
        event.handled_at = clock.now()
    failpoint("event.handled")
    db.session.commit()
    return True


def _next() -> Event | None:
    return db.session.scalars(
        select(Event)
        .where(Event.handled_at.is_(None), Event.failed_at.is_(None), Event.next_try_at <= clock.now())
        .order_by(Event.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()


def _succeeds(reaction: Reaction, event: Event) -> bool:
    try:
        with db.session.begin_nested():
            reaction(event)
    except Exception:
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
