"""A commit wakes those who listen, on a database with real commits; one that is away is waited for, quietly."""

import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from forum.domain.mailing import events
from forum.infra import wakeups
from forum.infra.db import db
from tests.conftest import POSTGRES
from tests.live.faults import plain

pytestmark = pytest.mark.live
QUIET = 0.6  # seconds in which nothing came: a wake-up takes some milliseconds, on SQLite up to 250


class Listener:
    """A thread that watches, and how often it was woken."""

    def __init__(self, engine) -> None:
        self.woken, self.stop = threading.Semaphore(0), threading.Event()
        self.thread = threading.Thread(target=wakeups.watch, args=(engine, self.woken.release, self.stop))
        self.thread.start()

    def hears(self, within: float = 1.0) -> bool:
        return self.woken.acquire(timeout=within)


@contextmanager
def listening(engine) -> Iterator[Listener]:
    listener = Listener(engine)
    try:
        yield listener
    finally:
        before = time.monotonic()
        listener.stop.set()
        listener.thread.join(5)
    assert not listener.thread.is_alive()
    assert time.monotonic() - before < 1


def record() -> None:
    events.record("password.changed", member_id=1)


def test_a_commit_wakes_once_and_a_rollback_does_not(live_app):
    with live_app.app_context(), listening(db.engine) as listener:
        assert listener.hears(5)  # once it is there
        assert db.engine.pool.checkedout() == 0
        record()
        db.session.flush()
        db.session.rollback()
        record()
        outer = db.session.begin_nested()
        with db.session.begin_nested():
            record()
        outer.rollback()
        assert not listener.hears(QUIET)  # nor does the end of a savepoint
        db.session.commit()
        assert listener.hears()
        db.session.commit()
        assert not listener.hears(QUIET)
        record()
        db.session.commit()
        assert listener.hears()
        db.session.execute(text("UPDATE event SET attempts = 1"))
        db.session.commit()
        assert listener.hears(QUIET) is not POSTGRES  # there, only what was announced


def test_a_commit_that_was_rolled_back_says_nothing_with_the_next_one(live_app):
    with live_app.app_context():
        record()
        db.session.rollback()
        assert wakeups.WAKES not in db.session.info


def test_one_that_was_cut_off_hears_again(live_app):
    with live_app.app_context(), listening(db.engine) as listener:
        assert listener.hears(5)
        cut_off(db.engine)
        assert listener.hears(3)  # for what it may have missed
        record()
        db.session.commit()
        assert listener.hears()


def cut_off(engine) -> None:
    """End the session of the listener; on SQLite, which has none, the file is replaced as by a restore."""
    if POSTGRES:
        with psycopg.connect(plain(engine)) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
            assert ended.fetchall() == [(True,)]
    else:
        engine.dispose()
        copy = f"{engine.url.database}.copy"
        shutil.copyfile(engine.url.database, copy)
        os.replace(copy, engine.url.database)


@pytest.mark.parametrize("how", ["refuses"] if POSTGRES else ["missing", "locked"])
def test_a_database_that_is_away_is_waited_for_with_one_line_in_the_log(live_app, caplog, how):
    with live_app.app_context():
        engine = db.engine
    with OUTAGES[how](engine) as (address, come_back), listening(create_engine(address)) as listener:
        assert not listener.hears(1.0)  # three tries
        come_back()
        assert listener.hears(3)
        with live_app.app_context():
            record()
            db.session.commit()
        assert listener.hears()
    assert [each.levelname for each in caplog.records] == ["WARNING"]
    assert "nobody wakes the worker" in caplog.text


@contextmanager
def refusing(engine) -> Iterator[tuple[object, Callable[[], None]]]:
    """An address of the server at which nobody listens yet."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # the path of a socket is short
    socket = Path(engine.url.query["host"]) / ".s.PGSQL.5432"
    yield (
        engine.url.update_query_dict({"host": str(folder)}),
        lambda: (folder / socket.name).symlink_to(socket),
    )
    shutil.rmtree(folder)


@contextmanager
def missing(engine) -> Iterator[tuple[object, Callable[[], None]]]:
    engine.dispose()
    path = Path(engine.url.database)
    away = path.rename(path.with_name("elsewhere"))
    yield engine.url, lambda: away.rename(path)


@contextmanager
def locked(engine) -> Iterator[tuple[object, Callable[[], None]]]:
    engine.dispose()
    other = sqlite3.connect(engine.url.database, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    yield engine.url, other.close


OUTAGES = {"refuses": refusing, "missing": missing, "locked": locked}
