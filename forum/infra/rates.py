"""How often somebody may do something: per person, per account, per address. Wraps the `limits` library."""

import logging
import time

from flask import Flask, current_app
from limits import parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

log = logging.getLogger(__name__)


class TooOften(Exception):
    """The limit is reached; `retry_after` in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"again in {retry_after:.0f} s")
        self.retry_after = retry_after


def init_app(app: Flask) -> None:
    """Keep the counts in Redis where REDIS_URL is set (several web processes share them), else in memory."""
    url = app.config["REDIS_URL"]
    store: Storage = storage_from_string(url, wrap_exceptions=True) if url else MemoryStorage()
    app.extensions["rates"] = MovingWindowRateLimiter(store)
    app.extensions["rates_in_memory"] = MovingWindowRateLimiter(MemoryStorage())


def spend(name: str, subject: str, *, limit: str) -> None:
    """Count one `name` by `subject`; raises TooOften above `limit`, for example "5 per minute"."""
    if not current_app.config["RATES_ENABLED"]:
        return
    item = parse(limit)
    try:
        _count(current_app.extensions["rates"], item, name, subject)
    except StorageError:
        log.exception("the shared counts are out of reach: counting in this process")
        _count(current_app.extensions["rates_in_memory"], item, name, subject)


def reset() -> None:
    """Forget every count of this application."""
    current_app.extensions["rates"].storage.reset()
    current_app.extensions["rates_in_memory"].storage.reset()


def _count(limiter: MovingWindowRateLimiter, item: object, name: str, subject: str) -> None:
    if not limiter.hit(item, name, subject):  # type: ignore[arg-type]
        window = limiter.get_window_stats(item, name, subject)  # type: ignore[arg-type]
        raise TooOften(max(1.0, window.reset_time - time.time()))
