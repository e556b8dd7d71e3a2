"""The counts of one process, for `rates`: in memory, and no more of it than what is counted at this moment takes."""

import time
from threading import Lock

from limits.storage import MemoryStorage
from limits.storage.memory import Entry

SWEPT_FROM = 1_000  # subjects, before the first look for what is over
MOST = 100_000  # subjects at one moment: some 50 MB; above it the one that was seen longest ago is forgotten


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
