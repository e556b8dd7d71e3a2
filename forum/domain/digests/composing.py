"""Digests composed together: candidates read once, everything personal asked for all their members at once."""

from collections.abc import Callable, Sequence
from functools import partial

from forum.domain.digests.batch import Batch, Order
from forum.domain.digests.letter import DigestLetter
from forum.domain.digests.pool import Pool

# Makes a letter in the language of the moment.
Make = Callable[[], DigestLetter]


class Composer:
    """Composes one batch after another from the same candidates, as long as they are fresh."""

    def __init__(self) -> None:
        """Nothing is read before it is needed."""
        self._pool: Pool | None = None

    def compose(self, orders: Sequence[Order]) -> dict[int, Make]:
        """Return by member what makes their letter; each of them stands in one order only.

        As many queries as for one. What was hidden since the candidates were read makes them be read anew.
        """
        if not orders:
            return {}
        pool, is_new = self._pool_for(orders)
        batch = Batch(pool, orders)
        made: dict[int, Make] = {order.actor.id: partial(batch.letter, order) for order in orders}
        if batch.changed and not is_new:
            self._pool = None
            made |= self.compose([order for order in orders if order.actor.id in batch.changed])
        return made

    def _pool_for(self, orders: Sequence[Order]) -> tuple[Pool, bool]:
        since, until = min(order.since for order in orders), max(order.until for order in orders)
        if self._pool is not None:
            if self._pool.holds(since, until):
                return self._pool, False
            if self._pool.is_fresh:
                since, until = min(since, self._pool.since), max(until, self._pool.until)
            # Two at once would be the most that a worker holds.
            self._pool = None
        self._pool = Pool(since, until)
        return self._pool, True
