"""A synthetic network into an empty database, with what each part of the work took."""

import resource
import sys
import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from forum.demo.synthetic import marks, people
from forum.demo.synthetic.indexes import set_aside
from forum.demo.synthetic.load import Loader, line_up
from forum.demo.synthetic.network import Network, Rows, network_of
from forum.demo.synthetic.size import Size
from forum.demo.synthetic.threads import ThreadWriter
from forum.domain.indexing import making, rebuilding
from forum.domain.lessons import library_counts, library_keys
from forum.infra import clock
from forum.infra.db import db


@dataclass(frozen=True)
class Seeded:
    """How much was written, and how long it took."""

    rows: int
    writing: float
    indexing: float
    keying: float


def seed(connection: Connection, size: Size, *, number: int, now: datetime) -> Seeded:
    """Fill an empty database in the transaction of the session, which the caller ends; `connection` is its own."""
    began = time.perf_counter()
    aside = set_aside(connection)
    loader = Loader(connection)
    loader.take(rows(network_of(size, number, now)))
    line_up(connection)
    written = time.perf_counter()
    aside.build(connection)
    library_counts.recount_all()
    library_keys.recount_all()
    indexed = time.perf_counter()
    with clock.at(now):
        make_findable()
    return Seeded(loader.count, written - began, indexed - written, time.perf_counter() - indexed)


def make_findable() -> None:
    """Make what search finds texts by, and its index of all of it in one go."""
    rebuilding.set_aside()
    rebuilding.begin_anew()
    for _step in making.steps(db.session.flush):
        pass
    rebuilding.mend_tables()


def analyse(connection: Connection) -> None:
    """Let the database look at what it holds now, so that it plans for that."""
    connection.execute(text("ANALYZE"))


def rows(network: Network) -> Rows:
    """All rows of a network, one by one."""
    yield from people.rows(network)
    yield from ThreadWriter(network).rows()
    yield from marks.rows(network)


def megabytes() -> float:
    """The most memory that this process had at any moment."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)
