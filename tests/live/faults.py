"""Real failures of a real database, brought about from outside: cut connections, a lock, no room, no right to write."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import psycopg
from sqlalchemy import event

from tests.conftest import POSTGRES


def plain(engine) -> str:
    """The address as psycopg wants it."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def cut(engine) -> None:
    """End every connection to this PostgreSQL database but our own; all are gone when it returns."""
    with psycopg.connect(plain(engine)) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def locked(engine) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    if POSTGRES:
        with psycopg.connect(plain(engine)) as other:
            other.execute("LOCK TABLE post, thread, member IN EXCLUSIVE MODE")
            yield
            other.rollback()
        return
    other = sqlite3.connect(str(engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def full(engine) -> Iterator[None]:
    """No page can be added any more: what SQLite says on a full disk, and PostgreSQL over a full table space."""
    if POSTGRES:
        with _refusing_inserts(engine, "disk_full"):
            yield
        return

    def limit(connection, _record) -> None:
        size = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {size}")

    with _each_connection(engine, limit):
        yield


@contextmanager
def only_readable(engine) -> Iterator[None]:
    """The database may not be written."""
    if POSTGRES:
        with _each_connection(engine, lambda connection, _record: _read_only(connection)):
            yield
        return
    with _each_connection(engine, lambda connection, _record: connection.execute("PRAGMA query_only = ON")):
        yield


@contextmanager
def deadlocked(engine) -> Iterator[None]:
    """PostgreSQL ends one of two transactions that wait for each other; SQLite has one writer."""
    with _refusing_inserts(engine, "deadlock_detected") if POSTGRES else nullcontext():
        yield


def _read_only(connection) -> None:
    connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    connection.commit()


@contextmanager
def _each_connection(engine, prepare) -> Iterator[None]:
    """Connections made meanwhile are prepared so; none of them, and none of before, is used on the other side."""
    engine.dispose()
    event.listen(engine, "connect", prepare)
    try:
        yield
    finally:
        event.remove(engine, "connect", prepare)
        engine.dispose()


@contextmanager
def _refusing_inserts(engine, condition: str) -> Iterator[None]:
    """The server itself raises this condition, with its SQLSTATE, for every new or changed row of these tables."""
    with psycopg.connect(plain(engine), autocommit=True) as other:
        other.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE SQLSTATE '{CONDITIONS[condition]}'; END $$"
        )
        for table in TABLES:
            other.execute(
                f"CREATE TRIGGER refused BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()"
            )
    try:
        yield
    finally:
        with psycopg.connect(plain(engine), autocommit=True) as other:
            other.execute("DROP FUNCTION refuse() CASCADE")


CONDITIONS = {"disk_full": "53100", "deadlock_detected": "40P01"}
TABLES = ("post", "member")
