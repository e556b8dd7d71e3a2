"""Connections to the database: how many there are, their settings, and whether they read or write at this moment."""

import select
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg._queries
from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, Connection, Dialect
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from forum.infra import private_files

# True: a transaction on SQLite takes the write lock at its start, so that it never fails halfway with "locked".
# Pages that only read switch it off; any number of them run beside one writer.
_writes: ContextVar[bool] = ContextVar("writes", default=True)
# Seconds that a statement waits for others who write. None: as long as it takes on PostgreSQL, PATIENCE on SQLite.
_patience: ContextVar[float | None] = ContextVar("patience", default=None)
# False: PostgreSQL commits without waiting for the disk, which has it within a second.
_durable: ContextVar[bool] = ContextVar("durable", default=True)
PATIENCE = 10.0
CONNECTIONS = 20  # of one process: far fewer than its threads, which compute more than they ask
# psycopg reads a statement for its parameters once, but one of more characters at every run: a tenth of a page, whose
# statements carry the visibility rule. Should it rename this, pages only become slower; a test notices.
LONGEST_KEPT = 100_000
psycopg._queries.MAX_CACHED_STATEMENT_LENGTH = LONGEST_KEPT
TRUSTED_FOR = 2.0  # seconds after its last use, in which nobody asks whether a connection still lives
LAST_USED = "last used"  # in what is known of a connection
POOL_PATIENCE = 3.0  # seconds until a request without a connection says so
# For libpq: seconds until PostgreSQL counts as away, and some thirty until a connection does whose other end is gone
# without a word. By themselves Linux and libpq would wait a quarter of an hour for an answer, and hours in silence.
CONNECT_OPTIONS = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 10,
    "keepalives_count": 2,
    "tcp_user_timeout": 30_000,  # milliseconds
}


def choose(url: URL, options: dict[str, Any]) -> None:
    """Set the options of the engine for a database at `url`, where they do not say it themselves."""
    is_sqlite = url.get_backend_name() == "sqlite"
    if sqlite_file(url) is not None or not is_sqlite:
        pool = {
            "pool_size": CONNECTIONS,
            "max_overflow": 0,
            "pool_timeout": POOL_PATIENCE,
            # The connection that was used last comes first: its statements are prepared.
            "pool_use_lifo": True,
        }
        for name, value in pool.items():
            options.setdefault(name, value)
    if not is_sqlite:
        arguments = options.setdefault("connect_args", {})
        for name, value in CONNECT_OPTIONS.items():
            if name not in url.query:
                arguments.setdefault(name, value)


def sqlite_file(url: URL) -> Path | None:
    """Return where an SQLite database lies; None for another kind, and for one in memory."""
    name = url.database if url.get_backend_name() == "sqlite" else None
    return Path(name) if name and name != ":memory:" and not name.startswith("file:") else None


@contextmanager
def reading() -> Iterator[None]:
    """Promise that the block only reads: on SQLite it then takes no write lock, on PostgreSQL no transaction."""
    token = _writes.set(False)
    try:
        yield
    finally:
        _writes.reset(token)


def set_reading(only_reads: bool) -> None:
    """Make the same promise for the rest of this context, or end it; the web floor makes it for every GET."""
    _writes.set(not only_reads)


def is_reading() -> bool:
    """Return whether this context promised only to read."""
    return not _writes.get()


def set_patience(seconds: float | None) -> None:
    """Let each statement of this context wait so long for others who write; None for as long as a worker does."""
    _patience.set(seconds)


@contextmanager
def written_later() -> Iterator[None]:
    """Let PostgreSQL answer the commit of the block before it is on the disk.

    Everybody sees it at once, and what is committed after it is not kept without it. Only where the database's own
    crash within a second may take it back, alone.
    """
    token = _durable.set(False)
    try:
        yield
    finally:
        _durable.reset(token)


POSTGRESQL = (
    # As PostgreSQL's manual advises where rows come from memory or a solid disk: at its default of 4.0 twenty rows by
    # their key are read by scanning whole tables.
    "random_page_cost = 1.1",
    # Compiling a query costs more than any of ours takes, and so do processes that help with it.
    "jit = off",
    "max_parallel_workers_per_gather = 0",
    # A process that is frozen, or on a machine that vanished, in the middle of a transaction keeps what it changed from
    # all others.
    "idle_in_transaction_session_timeout = '60s'",
)
# For pages. By itself PostgreSQL plans some statements anew at each run, where it hopes that knowing the values makes a
# better plan; in a large forum that takes ten times as long as the run. For what writes, and the worker, it chooses.
PLAN_ONCE = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = on"
PLAN_EACH_TIME = "SET plan_cache_mode = force_custom_plan; SET enable_seqscan = on"
PLAN_BY_INDEX = "SET plan_cache_mode = force_custom_plan; SET enable_seqscan = off"
PLAN_AS_USUAL = "SET LOCAL plan_cache_mode = auto; SET LOCAL enable_seqscan = on"
# In what is known of a connection: which of the first three holds, and which should at its next statement.
PLANS, WANTED = "plans", "wanted plans"


@contextmanager
def planned(connection: Connection, how: str) -> Iterator[None]:
    """Let PostgreSQL plan what a page asks in the block by PLAN_EACH_TIME or PLAN_BY_INDEX, and then once again.

    For a search. A rare word and a common one are found in different ways, and the wrong way takes fifty times as long
    as planning does; where several words are looked for at once PostgreSQL thinks that they stand in most rows, and
    reads all of them. What ends in an error is put right when the next page uses the connection.
    """
    # In a transaction that writes it would be undone with it, and nobody would know.
    if WANTED not in connection.info:
        yield
        return
    before = connection.info[WANTED]
    connection.info[WANTED] = how
    yield
    if WANTED in connection.info:  # not where the block began to write
        connection.info[WANTED] = before


@event.listens_for(Engine, "before_cursor_execute")
def _plan(connection: Connection, *_statement: Any) -> None:
    """Say how to plan before the first statement that wants it: of several blocks in a row, once."""
    info = connection.info
    how = info.get(WANTED)
    if how is not None and info.get(PLANS) != how:
        driver: Any = connection.connection.driver_connection
        driver.execute(how)
        info[PLANS] = how


@event.listens_for(Engine, "do_connect")
def _keep_private(dialect: Dialect, record: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    path = sqlite_file(URL.create(dialect.name, database=str(arguments[0]) if arguments else None))
    if path is not None:
        try:
            private_files.make_database(path)
        except private_files.Unwritable:
            pass  # it can still be read, or SQLite says why not


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, record: Any) -> None:
    record.info[LAST_USED] = monotonic()
    if isinstance(connection, sqlite3.Connection):
        _prepare_sqlite(connection)
    else:
        _prepare_postgresql(connection)


def _prepare_postgresql(connection: Any) -> None:
    connection.autocommit = True
    for setting in POSTGRESQL:
        connection.execute(f"SET {setting}")
    connection.autocommit = False


def _prepare_sqlite(connection: Any) -> None:
    connection.isolation_level = None  # _begin sends BEGIN itself, see below
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL may lose the last commits at a power cut
        "foreign_keys=ON",
        "cache_size=-20000",
        "mmap_size=134217728",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        _begin_sqlite(connection)
        return
    if not _writes.get():
        # Each query of PostgreSQL sees what was committed before it, in a transaction or not: a page that only
        # reads saves two round trips to the server.
        _set_autocommit(connection, enabled=True)
        connection.info[WANTED] = PLAN_ONCE
    else:
        # Only where a page switched it on: some engines have it always.
        if connection.info.pop(WANTED, None):
            _set_autocommit(connection, enabled=False)
        patience = _patience.get()
        settings = [PLAN_AS_USUAL] if connection.info.get(PLANS) else []
        if patience is not None:
            settings.append(f"SET LOCAL lock_timeout = {_milliseconds(patience)}")
        if not _durable.get():
            settings.append("SET LOCAL synchronous_commit = off")
        if settings:
            connection.exec_driver_sql("; ".join(settings))


def _begin_sqlite(connection: Connection) -> None:
    patience = _patience.get() if _writes.get() else None
    wanted = _milliseconds(PATIENCE if patience is None else patience)
    if connection.info.get("busy_timeout") != wanted:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {wanted}")
        connection.info["busy_timeout"] = wanted
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes.get() else "BEGIN")


@event.listens_for(Pool, "checkin")
def _note_use(connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[LAST_USED] = monotonic()


@event.listens_for(Pool, "checkout")
def _see_that_it_lives(connection: Any, record: ConnectionPoolEntry, fairy: Any) -> None:
    """Make anew what a restart of the server cut, before it is used.

    A server that closes a connection sends word of it, which the socket has for whoever looks. Only where that came,
    or nobody used it for a while, is the server asked, which costs a round trip.
    """
    if connection is None or isinstance(connection, sqlite3.Connection):
        return
    if connection.closed or (_may_be_lost(connection, record) and not _answers(connection)):
        raise InvalidatePoolError


def _may_be_lost(connection: psycopg.Connection[Any], record: ConnectionPoolEntry) -> bool:
    if monotonic() - record.info.get(LAST_USED, 0.0) > TRUSTED_FOR:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def _answers(connection: psycopg.Connection[Any]) -> bool:
    try:
        connection.execute("")
        connection.rollback()
    except psycopg.Error:
        return False
    return True


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))  # to PostgreSQL, 0 means forever


def _set_autocommit(connection: Connection, *, enabled: bool) -> None:
    driver: Any = connection.connection.driver_connection
    # The setting of a connection that is lost can neither be read nor changed. Whoever uses it next learns that it
    # is lost, in SQLAlchemy's own way.
    if driver is not None and not driver.closed and driver.autocommit is not enabled:
        driver.autocommit = enabled
