"""Events: what a verb tells the other parts of the forum, written in the same transaction as the change itself."""

from forum.infra import clock, wakeups
from forum.infra.db import db
from forum.models.events import Event


def record(name: str, **ids: int | str | None) -> Event:
    """Write that `name` (noun.past_participle) happened, with ids only; the worker reacts after the commit."""
    now = clock.now()
    event = Event(name=name, payload=ids, created_at=now, next_try_at=now, attempts=0)
    db.session.add(event)
    wakeups.announce(db.session)
    return event
