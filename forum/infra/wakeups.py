"""Waking workers: whoever commits work for them says so, and a thread of each worker listens.

Nothing depends on it but speed: a worker looks at its tables every few seconds, whether or not it is woken.
"""

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, SessionTransaction, scoped_session

from forum.infra.connections import sqlite_file

log = logging.getLogger(__name__)
WAKES = "wakes_worker"
CHANNEL = "leerkring"
LISTEN_FOR = 0.5  # seconds of listening between two looks at `stop`
LOOK_EVERY = 0.25  # seconds between two questions to SQLite, which take it some microseconds
SHORTEST_WAIT, LONGEST_WAIT = 0.25, 5.0  # seconds between two tries to reach a database that is away


def announce(session: Session | scoped_session[Any]) -> None:
    """Wake every worker when this session commits; a rollback forgets it.

    PostgreSQL tells those who listen as part of the commit. On SQLite they see by themselves that something changed.
    """
    session.info[WAKES] = True


def watch(engine: Engine, wake: Callable[[], None], stop: Event) -> None:
    """Call `wake` after commits of others, and once after each time that the database was reached; until `stop` is set.

    It has a connection of its own, outside the pool. On SQLite any commit of another connection counts, on PostgreSQL
    one that was announced. A database that is away is tried again, after 5 seconds at most, and logged once. Ends
    within a second of `stop`, or 3 seconds later while it knocks at a server that does not answer.
    """
    path = sqlite_file(engine.url)
    wait, is_logged = SHORTEST_WAIT, False

    def reached() -> None:
        nonlocal wait, is_logged
        wait, is_logged = SHORTEST_WAIT, False
        wake()

    while not stop.is_set():
        try:
            if engine.dialect.name == "postgresql":
                _listen(engine, reached, wake, stop)
            elif path is not None:
                _look(path, reached, wake, stop)
            else:
                stop.wait()  # in memory, where nobody else commits
        except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error, OSError) as error:
            if not is_logged:
                log.warning("nobody wakes the worker: %s. It still looks by itself.", type(error).__name__)
            is_logged = True
            stop.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT)


def _listen(engine: Engine, reached: Callable[[], None], wake: Callable[[], None], stop: Event) -> None:
    pooled = engine.raw_connection()
    driver = pooled.driver_connection
    assert driver is not None
    pooled.detach()  # its place in the pool is free again
    try:
        driver.autocommit = True
        driver.execute(f"LISTEN {CHANNEL}")
        reached()
        while not stop.is_set():
            for _notification in driver.notifies(timeout=LISTEN_FOR, stop_after=1):
                wake()
    finally:
        driver.close()


def _look(path: Path, reached: Callable[[], None], wake: Callable[[], None], stop: Event) -> None:
    """Ask for the number that changes when another connection commits, of the file that is there now."""
    # Not through the engine, which would make a file where there is none.
    connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=rw", uri=True, timeout=LOOK_EVERY)
    try:
        place, seen = _place(path), _version(connection)
        reached()
        while not stop.wait(LOOK_EVERY):
            if _place(path) != place:
                return  # it was put in the place of the one before: begin anew
            if seen != (seen := _version(connection)):
                wake()
    finally:
        connection.close()


def _place(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return version


@event.listens_for(Session, "before_commit")
def _tell(session: Session) -> None:
    # With the commit itself: what is said in a savepoint can be lost with the savepoint around it.
    if session.in_nested_transaction() or not session.info.pop(WAKES, False):
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}")


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(WAKES, None)
