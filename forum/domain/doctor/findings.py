"""What a check found, and walking through large tables piece by piece."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from forum.infra.db import db

MOST_IDS = 5
BATCH = 1_000  # rows of which something is looked up at once


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: the check, how many, what it means and what to do; some ids at most.

    `warns`: nothing is wrong with the data, and somebody should look all the same.
    """

    check: str
    count: int
    found: str
    ids: tuple[int | str, ...] = ()
    warns: bool = False


@dataclass
class Tally:
    """Counts what one check finds, and keeps the first ids."""

    check: str
    found: str
    count: int = 0
    ids: list[int | str] = field(default_factory=list)

    def add(self, row: int | str) -> None:
        """Count one row."""
        self.count += 1
        if len(self.ids) < MOST_IDS:
            self.ids.append(row)

    def findings(self) -> Iterator[Finding]:
        """Return one finding with its ids in order, or none where nothing was counted."""
        if self.count:
            ids = sorted(self.ids, key=lambda one: (isinstance(one, str), one))
            yield Finding(self.check, self.count, self.found, tuple(ids))


def tell_names(check: str, found: str, names: Iterable[str]) -> Iterator[Finding]:
    """Return a finding with as many as there are names, or none."""
    tally = Tally(check, found)
    for name in sorted(names):
        tally.add(name)
    yield from tally.findings()


def pieces(column: Any, size: int = BATCH) -> Iterator[tuple[int, int]]:
    """Divide a table by its id, in order: the first and last id of pieces of `size` rows at most."""
    last = 0
    while True:
        some = select(column).where(column > last).order_by(column).limit(size).subquery()
        upto = db.session.scalar(select(func.max(some.c[0])))
        if upto is None:
            return
        yield last + 1, upto
        last = upto


def tell(check: str, found: str, rows: Any) -> Iterator[Finding]:
    """Return a finding with as many rows as a query of ids has."""
    tally = Tally(check, found)
    for row in db.session.execute(rows).yield_per(BATCH):
        tally.add(row[0] if len(row) == 1 else " ".join(str(part) for part in row))
    yield from tally.findings()
