"""Turns of those who write: so many at once, so many that wait for theirs, and so long.

A request that waits for its turn holds a thread, and no connection. So however long a writer is kept waiting by what
it changes, threads and connections remain for everybody who only reads.
"""

from threading import BoundedSemaphore


class TooBusy(Exception):
    """Too many wait for their turn, or it did not come in time."""


class Turns:
    """The turns of one process: `at_once` may write, `waiting` more may wait for `seconds`."""

    def __init__(self, at_once: int, waiting: int, seconds: float) -> None:
        self.seconds = seconds
        self._free = BoundedSemaphore(at_once)
        self._room = BoundedSemaphore(at_once + waiting)

    def take(self, seconds: float | None = None) -> None:
        """Wait for a turn, at most as long as said here or for all; TooBusy without one. Each is given back."""
        if not self._room.acquire(blocking=False):
            raise TooBusy
        if not self._free.acquire(timeout=self.seconds if seconds is None else seconds):
            self._room.release()
            raise TooBusy

    def give_back(self) -> None:
        """End a turn that was taken."""
        self._free.release()
        self._room.release()
