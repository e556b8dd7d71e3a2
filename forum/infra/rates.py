"""Rate limits: how often something may be done, per member, account or place. Wraps the `limits` library."""

import ipaddress
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from flask import Flask, current_app
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage, storage_from_string
from limits.storage.memory import Entry
from limits.strategies import MovingWindowRateLimiter

from forum.infra.tokens import digest

log = logging.getLogger(__name__)
SHARED_TIMEOUT = 0.5  # seconds a shared count may take: a request waits for it
PAUSE = 10  # seconds without shared counts after they failed
# Addresses of IPv4 as machines that speak IPv6 only write them (RFC 6052).
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
WITH_PORT = re.compile(r"\[(?P<six>[^]]*)\](:\d*)?|(?P<four>[^:]*):\d*")
NOWHERE = "unknown"  # the place of all that comes without an address
THEN = ", then "  # between a limit and the slower one that holds above it
SWEPT_FROM = 1_000  # subjects, before the first look for what is over
MOST = 100_000  # subjects at one moment: some 50 MB; above it the one that was seen longest ago is forgotten
Count = tuple[str, str, str]  # a name, a subject and a limit, as for `spend`


class TooOften(Exception):
    """The limit is reached; `retry_after` in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"again in {retry_after:.0f} s")
        self.retry_after = retry_after


class MemoryCounts(MemoryStorage):
    """As the `limits` library's own, which keeps an empty list for everybody it ever counted."""

    def __init__(self) -> None:
        super().__init__()
        self.timer.cancel()
        self._lock = Lock()
        self._swept_at = SWEPT_FROM

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` under `key` and return True, or False where that makes more than `limit`."""
        with self._lock:
            begin = time.time() - expiry
            kept = [entry for entry in self.events.pop(key, []) if entry.atime >= begin]
            is_allowed = len(kept) + amount <= limit
            if is_allowed:
                kept[:0] = [Entry(expiry)] * amount
            if kept:
                self.events[key] = kept  # at the end: the order is that of who was seen last
            if len(self.events) > self._swept_at:
                self._sweep()
            return is_allowed

    def give_back(self, key: str) -> None:
        """Count one less under `key`; the newest one goes."""
        with self._lock:
            if kept := self.events.pop(key, [])[1:]:
                self.events[key] = kept

    def _sweep(self) -> None:
        """Drop whose counts are over, so seldom that it costs each of those who came since next to nothing."""
        now = time.time()
        for key in [key for key, kept in self.events.items() if kept[0].expiry <= now]:
            del self.events[key]
        for key in list(self.events)[: max(0, len(self.events) - MOST)]:
            del self.events[key]
        # At the most, one in ten of them goes at once: whoever floods it does not pay for a sweep at each step.
        self._swept_at = max(SWEPT_FROM, min(2 * len(self.events), MOST + MOST // 10))


@dataclass
class _Counts:
    """The counts that all processes share (None without Redis), and those of this process for when Redis is away."""

    shared: MovingWindowRateLimiter | None = None
    own: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryCounts()))
    leave_shared_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Spent:
    """One thing that was counted, and where; nothing at all while counting is switched off."""

    limiter: MovingWindowRateLimiter | None = None
    key: str = ""

    def give_back(self) -> None:
        """Count one less. The newest one goes, of whoever counted it: they are as good as the same age."""
        storage = self.limiter.storage if self.limiter is not None else None
        if isinstance(storage, MemoryCounts):
            storage.give_back(self.key)
        elif isinstance(storage, RedisStorage):
            server: Any = storage.get_connection()
            try:
                server.lpop(storage.prefixed_key(self.key))
            except storage.base_exceptions:
                log.warning("the shared counts are out of reach: one too many is kept until its window ends")


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


def place(address: str) -> str:
    """Return from where a request comes, as it is counted: an IPv4 address, or the /64 of an IPv6 one.

    Whoever has one address of IPv6 has all of its /64. An IPv4 address that is written as one of IPv6 is that of IPv4.
    A port or a zone beside it makes no other place, and all that is no address is one place.
    """
    parts = WITH_PORT.fullmatch(address.strip())
    bare = (parts["six"] or parts["four"] or "") if parts else address.strip()
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return NOWHERE
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    if found in TRANSLATED:
        return str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
    return str(ipaddress.IPv6Network((found, 64), strict=False))


def spend(name: str, subject: str, *, limit: str = "5 per minute") -> Spent:
    """Count one `name` by `subject`; TooOften above `limit`, for example "5 per minute".

    "10 per hour, then 1 per 5 seconds" does not shut above its limit, but goes on slowly.
    """
    if not current_app.config["RATES_ENABLED"]:
        return Spent()
    first, _then, slower = limit.partition(THEN)
    hashed = digest(subject)[:32]  # addresses of people do not belong in a store of counts
    try:
        return _spend(name, hashed, parse(first))
    except TooOften:
        if not slower:
            raise
    return _spend(f"{name}_slowly", hashed, parse(slower))


def spend_all(counts: list[Count]) -> list[Spent]:
    """Count one of each; TooOften when one of them is above its limit, and then none is counted."""
    spent: list[Spent] = []
    try:
        for name, subject, limit in counts:
            spent.append(spend(name, subject, limit=limit))
    except TooOften:
        _give_back(spent)
        raise
    return spent


@contextmanager
def failures(counts: list[Count], error: type[Exception]) -> Iterator[None]:
    """Count what fails with `error` in the block; TooOften, without entering it, where too much failed before.

    It is counted before it is tried, and given back when it succeeds, or broke for another reason. So of many tries at
    one moment no more are let in than of as many one after the other.
    """
    spent = spend_all(counts)
    try:
        yield
    except error:
        raise
    except BaseException:
        _give_back(spent)
        raise
    _give_back(spent)


def reset() -> None:
    """Forget every count of this application."""
    counts: _Counts = current_app.extensions["rates"]
    counts.own.storage.reset()
    if counts.shared is not None:
        counts.shared.storage.reset()


def _spend(name: str, subject: str, item: RateLimitItem) -> Spent:
    counts: _Counts = current_app.extensions["rates"]
    if counts.shared is not None and time.monotonic() >= counts.leave_shared_until:
        try:
            return _count(counts.shared, item, name, subject)
        except StorageError:
            # A server that is away lifts no limit: each process goes on counting what it sees itself.
            counts.leave_shared_until = time.monotonic() + PAUSE
            log.exception("the shared counts are out of reach: counting in this process")
    return _count(counts.own, item, name, subject)


def _give_back(spent: list[Spent]) -> None:
    for one in spent:
        one.give_back()


def _count(limiter: MovingWindowRateLimiter, item: RateLimitItem, name: str, subject: str) -> Spent:
    if not limiter.hit(item, name, subject):
        window = limiter.get_window_stats(item, name, subject)
        raise TooOften(max(1.0, window.reset_time - time.time()))
    return Spent(limiter, item.key_for(name, subject))
