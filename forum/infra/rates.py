"""Rate limits: how often something may be done, per member, account or address. Wraps the `limits` library."""

import logging
import time
from dataclasses import dataclass, field

from flask import Flask, current_app
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from forum.infra.tokens import digest

log = logging.getLogger(__name__)
SHARED_TIMEOUT = 0.5  # seconds a shared count may take: a request waits for it
PAUSE = 10  # seconds without shared counts after they failed


class TooOften(Exception):
    """The limit is reached; `retry_after` in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"again in {retry_after:.0f} s")
        self.retry_after = retry_after


@dataclass
class _Counts:
    """The counts that all processes share (None without Redis), and those of this process for when Redis is away."""

    shared: MovingWindowRateLimiter | None = None
    own: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))
    leave_shared_until: float = 0.0


def init_app(app: Flask) -> None:
    """Keep the counts in Redis where REDIS_URL is set (several web processes share them), else in memory."""
    counts = _Counts()
    url = app.config["REDIS_URL"]
    if url:
        store = storage_from_string(
            url, wrap_exceptions=True, socket_timeout=SHARED_TIMEOUT, socket_connect_timeout=SHARED_TIMEOUT
        )
        if not isinstance(store, Storage):
            raise ValueError("REDIS_URL names a storage that cannot wait for its answer")
        counts.shared = MovingWindowRateLimiter(store)
    app.extensions["rates"] = counts


def spend(name: str, subject: str, *, limit: str = "5 per minute") -> None:
    """Count one `name` by `subject`; TooOften above `limit`, for example "5 per minute"."""
    if not current_app.config["RATES_ENABLED"]:
        return
    counts: _Counts = current_app.extensions["rates"]
    item = parse(limit)
    subject = digest(subject)[:32]  # hashed: addresses of people do not belong in a store of counts
    if counts.shared is not None and time.monotonic() >= counts.leave_shared_until:
        try:
            _count(counts.shared, item, name, subject)
            return
        except StorageError:
            # A server that is away lifts no limit: each process goes on counting what it sees itself.
            counts.leave_shared_until = time.monotonic() + PAUSE
            log.exception("the shared counts are out of reach: counting in this process")
    _count(counts.own, item, name, subject)


def reset() -> None:
    """Forget every count of this application."""
    counts: _Counts = current_app.extensions["rates"]
    counts.own.storage.reset()
    if counts.shared is not None:
        counts.shared.storage.reset()


def _count(limiter: MovingWindowRateLimiter, item: RateLimitItem, name: str, subject: str) -> None:
    if not limiter.hit(item, name, subject):
        window = limiter.get_window_stats(item, name, subject)
        raise TooOften(max(1.0, window.reset_time - time.time()))
