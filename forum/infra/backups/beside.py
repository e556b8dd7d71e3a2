"""A database of its own beside the one of the forum, on the same server, for the length of a drill."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from forum.infra.backups.postgresql import connected
from forum.infra.backups.problems import Problem

LOCK = 0x1EE7 << 32  # of drills, among the advisory locks of the database
PREFIX = "leerkring_drill"
# Where the server knows such a limit: 13 does not. This connection waits for as long as the drill takes.
PATIENT, PATIENCE = (
    "idle_session_timeout",
    "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = %s",
)
CREATE = "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}"


@contextmanager
def temporary_database(url: URL) -> Iterator[URL]:
    """Make an empty database on the server of `url` and drop it after the block, with those that killed runs left.

    Problem, also where another run has one at this moment.
    """
    with connected(url) as connection:
        connection.autocommit = True
        connection.execute(PATIENCE, (PATIENT,))
        oid, *like = connection.execute(
            "SELECT oid, pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchall()[0]
        if connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone() != (True,):
            raise Problem("Another drill is going on: wait until it has ended.")
        own = f"{PREFIX}_{oid}_"
        for (left,) in connection.execute("SELECT datname FROM pg_database").fetchall():
            if re.fullmatch(own + "[0-9a-f]{12}", left):
                _drop(connection, left)
        name = own + secrets.token_hex(6)
        try:
            _create(connection, name, like)
            yield url.set(database=name)
        finally:
            _drop(connection, name)


def _create(connection: psycopg.Connection, name: str, like: list[str]) -> None:
    try:
        connection.execute(sql.SQL(CREATE).format(sql.Identifier(name), *map(sql.Literal, like)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise Problem(
            "The role of DATABASE_URL may not make the database that a drill needs: as an administrator of PostgreSQL,"
            f' ALTER ROLE "{connection.info.user}" CREATEDB.'
        ) from error


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
