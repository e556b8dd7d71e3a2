"""The clock: the only caller of `datetime.now`, always in UTC."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def now() -> datetime:
    """Return the present moment as an aware datetime in UTC."""
    return _stopped_at.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Stop the clock at `moment` for the length of the block (tests, dry runs, the demo); ValueError when naive."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _stopped_at.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _stopped_at.reset(token)
