"""At a power cut SQLite keeps what was acknowledged: each commit reaches the disk before it returns."""

import _sqlite3
import ctypes
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from forum.infra.db import db
from tests.conftest import POSTGRES

pytestmark = pytest.mark.live
JOURNAL_POINTER = 28  # SQLITE_FCNTL_JOURNAL_POINTER: the file of the log, as SQLite has it open
METHODS, SYNC = 19, 5  # of sqlite3_io_methods, and where xSync is among them
COMMITS = 10
XSYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


@contextmanager
def counted_syncs(connection):
    """How often SQLite tells the operating system to write its log through: we stand between the two."""
    library = ctypes.CDLL(_sqlite3.__file__)
    handle = ctypes.c_void_p.from_address(
        id(connection) + object.__basicsize__
    )  # the first field of the object
    file = ctypes.POINTER(ctypes.c_void_p)()
    library.sqlite3_file_control(handle, b"main", JOURNAL_POINTER, ctypes.byref(file))
    genuine = ctypes.cast(file[0], ctypes.POINTER(ctypes.c_void_p * METHODS)).contents
    ours = (ctypes.c_void_p * METHODS)(*genuine)
    sync, calls = XSYNC(genuine[SYNC]), []

    def count(opened: int, flags: int) -> int:
        calls.append(flags)
        return sync(opened, flags)

    watching = XSYNC(count)
    ours[SYNC] = ctypes.cast(watching, ctypes.c_void_p).value
    before, file[0] = file[0], ctypes.addressof(ours)
    try:
        yield calls
    finally:
        file[0] = before


@pytest.mark.parametrize(("setting", "expected"), [(None, COMMITS), ("NORMAL", 0)], ids=["ours", "without"])
def test_each_commit_is_written_through(live_app, setting, expected):
    if POSTGRES:
        return  # it does so by itself
    with live_app.app_context(), db.engine.connect() as connection:
        if setting:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql(f"PRAGMA synchronous = {setting}")
            connection.exec_driver_sql("BEGIN")
        write = text("INSERT INTO heartbeat (name, at) VALUES (:name, '2026-01-01')")
        connection.execute(write, {"name": "opens the log"})
        connection.commit()
        with counted_syncs(connection.connection.driver_connection) as calls:
            for number in range(COMMITS):
                connection.execute(write, {"name": f"commit {number}"})
                connection.commit()
    assert len(calls) == expected
