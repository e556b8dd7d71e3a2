"""What a database says when it fails through no fault of the request: whether to wait, for how long, and why."""

import sqlite3
from enum import StrEnum

import psycopg
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError

from forum.infra.db import Closed
from forum.infra.turns import TooBusy
from forum.infra.words import one_line


class Failure(StrEnum):
    """Why a request could not be served; each has a sentence of its own on the page."""

    BUSY = "busy"  # others write: it works again within seconds
    AWAY = "away"  # stopped, restarting, out of reach
    FULL = "full"  # it answers, and cannot keep anything more until somebody makes room or lets it


RETRY_AFTER = {Failure.BUSY: 5, Failure.AWAY: 10, Failure.FULL: 60}  # seconds
KINDS = (
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    sqlite3.OperationalError,
)
# SQLSTATE: lock not available, serialization failure, deadlock, cancelled statement; too many connections.
BUSY_STATES = frozenset({"55P03", "40001", "40P01", "57014", "53300"})
# Disk full; a server that only reads, as one that follows another.
FULL_STATES = frozenset({"53100", "25006"})
# SQLite's own words: it has no other code in Python 3.11 for all of them.
BUSY_WORDS = ("database is locked", "database table is locked")
LONGEST_REASON = 200
FULL_WORDS = ("database or disk is full", "readonly database", "disk i/o error")


def of(error: BaseException) -> Failure | None:
    """Return what kind of failure of the database this error is; None when it is another error."""
    failure, cause = _kind(error), error.__context__
    # On a full disk SQLite ends the transaction by itself, and then does not find the savepoint to return to.
    while failure is Failure.AWAY and cause is not None:
        failure, cause = _kind(cause) or failure, cause.__context__
    return failure


def _kind(error: BaseException) -> Failure | None:
    if isinstance(error, TooBusy | TimeoutError):
        return Failure.BUSY
    if isinstance(error, Closed):
        return Failure.AWAY
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    state = getattr(original, "sqlstate", None)
    if state in FULL_STATES:
        return Failure.FULL
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Failure.AWAY  # also where the server ended it and psycopg calls that an internal error
    if not isinstance(error, KINDS):
        return None
    words = str(original).lower()
    if state in BUSY_STATES or words.startswith(BUSY_WORDS):
        return Failure.BUSY
    return Failure.FULL if any(each in words for each in FULL_WORDS) else Failure.AWAY


def reason(error: BaseException) -> str:
    """Return why the database or a file failed, in one line for the operator: no statement, values, or password.

    What may quote a value says its name only.
    """
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(original, OSError):
        return original.strerror or type(original).__name__
    # A file that is no database is none of the kinds: no waiting helps.
    if not isinstance(original, KINDS) and type(original) is not sqlite3.DatabaseError:
        return type(original).__name__
    first = next(iter(str(original).strip().splitlines()), "")  # what follows quotes the statement
    return one_line(first)[:LONGEST_REASON] or type(original).__name__


def place(url: URL) -> str:
    """Return where a database is, for the operator: its file, or host, port and name; no user or password."""
    if url.get_backend_name() == "sqlite":
        return f"SQLite, {url.database or 'in memory'}"
    host = url.host or str(url.query.get("host", "")) or "this machine"
    return f"PostgreSQL at {host}:{url.port or 5432}, database {url.database or '(none)'}"
