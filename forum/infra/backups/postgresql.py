"""PostgreSQL: a dump of a database that people write in, and how it is brought into an empty one, whole or not.

All that is ours is in the schema `public`. Other schemas, and what extensions keep in ours, are of others: making them
takes rights that the role of the forum need not have, and they may not be readable for it.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL

from forum.infra.backups import room, strange
from forum.infra.backups.archive import CHUNK, Sink
from forum.infra.backups.postgresql_programs import Program, arguments, find, first_error, major, version_of
from forum.infra.backups.problems import Problem, told
from forum.infra.backups.reading import opened
from forum.infra.backups.snapshot import (
    FILLED,
    NOT_HELD,
    REVISIONS,
    Snapshot,
    emptiness,
    forum_mark,
    place_of,
)

PART = "database.pgdump"
OF_EXTENSION = """EXISTS (SELECT 1 FROM pg_depend WHERE deptype = 'e' AND classid = '{0}'::regclass
AND objid = {0}.oid)"""
ALL_TABLES = """SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"""
TABLES = f"{ALL_TABLES} AND NOT {OF_EXTENSION.format('pg_class')} ORDER BY relname"
TABLES_OF_EXTENSIONS = f"{ALL_TABLES} AND {OF_EXTENSION.format('pg_class')}"
FIRST_MEMBER = "SELECT id || ' ' || extract(epoch FROM created_at) FROM public.member ORDER BY id LIMIT 1"
FUNCTIONS = f"""SELECT DISTINCT proname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
JOIN pg_class ON pg_class.oid = tgrelid AND relnamespace = pronamespace
WHERE NOT tgisinternal AND pronamespace = 'public'::regnamespace AND NOT {OF_EXTENSION.format("pg_proc")}"""  # noqa: S608
# What others made on our tables, and what would go with them: views, and foreign keys of other schemas.
DEPENDENT = """SELECT DISTINCT pg_rewrite.ev_class::regclass::text FROM pg_depend
JOIN pg_rewrite ON pg_rewrite.oid = objid AND classid = 'pg_rewrite'::regclass
JOIN pg_class ON pg_class.oid = refobjid AND refclassid = 'pg_class'::regclass AND relkind IN ('r', 'p')
JOIN pg_namespace ON pg_namespace.oid = relnamespace AND nspname = 'public'
UNION SELECT conrelid::regclass::text FROM pg_constraint
JOIN pg_class theirs ON theirs.oid = conrelid JOIN pg_class ours ON ours.oid = confrelid
WHERE contype = 'f' AND ours.relnamespace = 'public'::regnamespace AND theirs.relnamespace <> ours.relnamespace"""
OURS = ["--schema=public", "--no-publications", "--no-owner", "--no-privileges"]  # for pg_dump and pg_restore
# Programs of version 17 and later say this to every server, and older servers do not know it.
NEWER_SETTING, KNOWN_FROM = b"SET transaction_timeout = 0;\n", 17
LEVEL = 3  # of compression: half the time of its default, for a third more bytes
LOCK_PATIENCE = "60s"  # for who changes a table at that moment: a migration


def dump(url: URL, folder: Path, sink: Sink) -> Snapshot:
    """Write the database as it is at one moment into `sink`, and return its counts of that same moment; Problem.

    `folder` is where that file lies.
    """
    room.require(folder)
    with connected(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        shared = _one(connection, sql.SQL("SELECT pg_export_snapshot()"))
        program = find("pg_dump", _server_major(connection))
        command = [
            program,
            "--format=custom",
            f"--compress={LEVEL}",
            "--no-password",
            *OURS,
        ]
        command += [f"--snapshot={shared}", f"--lock-wait-timeout={LOCK_PATIENCE}"]
        for (name,) in connection.execute(TABLES_OF_EXTENSIONS).fetchall():
            command.append(f"--exclude-table={sql.Identifier('public', name).as_string(connection)}")
        with Program(command, url, stdout=subprocess.PIPE) as dumping:
            found = _snapshot(connection)
            room.copy(dumping, sink, folder)
            dumping.finish()
    return replace(found, made_with=version_of(program))


def unpack(backup: Path, folder: Path) -> Path:
    """Bring the dump of a backup that was checked into a file in `folder`; Problem."""
    copy = folder / PART
    with opened(backup, PART) as part, told(copy), copy.open("xb") as file:
        room.require(folder, part.seek(0, os.SEEK_END))
        part.seek(0)
        room.copy(part, file, folder)
    return copy


def forum(url: URL) -> str:
    """Return what stands for the forum in a database, as in the snapshot of it; nothing without members. Problem."""
    with connected(url) as connection:
        return _forum(connection, [name for (name,) in connection.execute(TABLES).fetchall()])


def require_empty(url: URL) -> None:
    """Refuse a database in which there is something; Problem."""
    with connected(url) as connection:
        _require_empty(connection, url)


def bring_in(
    dump: Path,
    url: URL,
    statements: list[str],
    *,
    made: Snapshot,
    triggers: strange.Triggers,
    holds: str = "",
) -> None:
    """Bring a dump of this snapshot into an empty database and run `statements`, all in one transaction; Problem.

    Triggers and rules that are not ours are left out. The query `holds`, if there is one, must answer 1 before it ends.
    """
    with connected(url) as connection:
        _require_empty(connection, url)
        before, server = _emptying(connection), _server_major(connection)
        after = [_counted(connection, table, rows) for table, rows in made.counts.items()]
    wanted = max(server, major(made.made_with))
    # psql of the same version: what one writes, the other understands.
    restore, psql = find("pg_restore", wanted), find("psql", wanted)
    reading = [restore, "--file=-", *OURS, "--no-comments", "--no-tablespaces"]
    reading += [*_without_strange(restore, dump, url, triggers), dump]
    # Not --single-transaction: it commits where its input ends, also where that is because we were killed.
    writing = [psql, "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--file=-"]
    writing += ["--set=VERBOSITY=terse"]  # an error then shows nothing of what people wrote
    with (
        Program(writing, url, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as target,
        Program(reading, url, stdout=subprocess.PIPE) as source,
    ):
        target.feed(_lines("BEGIN;", *before))
        first = source.read(CHUNK)
        target.feed(first if server >= KNOWN_FROM else first.replace(NEWER_SETTING, b"", 1))
        while data := source.read(CHUNK):
            target.feed(data)
        source.finish()
        # Only now is it certain that the dump came to its end.
        target.feed(_lines("", *after, *(f"{each};" for each in statements), *_held(holds), "COMMIT;"))
        target.finish()


@contextmanager
def connected(url: URL) -> Iterator[psycopg.Connection]:
    """Open a connection for the block; Problem when the server is away or refuses something."""
    try:
        with psycopg.connect(make_conninfo(**{"connect_timeout": "10", **arguments(url)})) as connection:
            yield connection
    except psycopg.Error as error:
        raise Problem(f"PostgreSQL refuses or does not answer: {first_error(str(error))}") from error


def _without_strange(restore: Path, dump: Path, url: URL, triggers: strange.Triggers) -> list[str]:
    """Options for pg_restore that leave out triggers and rules that are not ours, where a dump holds some."""
    with Program([restore, "--list", *OURS, dump], url, stdout=subprocess.PIPE) as listing:
        listed = b"".join(iter(lambda: listing.read(CHUNK), b""))
        listing.finish()
    kept, left_out = strange.split(listed.decode(errors="surrogateescape"), triggers.ours)
    triggers.tell(left_out)
    if not left_out:
        return []
    wanted = dump.with_suffix(".list")
    with told(wanted):
        wanted.write_bytes(kept.encode(errors="surrogateescape"))
    return [f"--use-list={wanted}"]


def _lines(*statements: str) -> bytes:
    return "".join(f"{statement}\n" for statement in statements).encode()


def _require_empty(connection: psycopg.Connection, url: URL) -> None:
    dependent = {name for (name,) in connection.execute(DEPENDENT).fetchall()}
    if sentence := emptiness(_snapshot(connection).counts, dependent, place_of(url)):
        raise Problem(sentence)


def _emptying(connection: psycopg.Connection) -> list[str]:
    """Statements that take away what the migrations made, unless somebody used the forum meanwhile.

    Nothing by CASCADE: what others made on top of it meanwhile lets them fail.
    """
    tables = [name for (name,) in connection.execute(TABLES).fetchall()]
    made = ["SET LOCAL lock_timeout = '30s';"]
    named = {name: sql.Identifier("public", name).as_string(connection) for name in tables}
    if named:
        made.append(f"LOCK TABLE {', '.join(named.values())} IN ACCESS EXCLUSIVE MODE;")
        used = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table})"  # noqa: S608 - quoted
            for name, table in named.items()
            if name not in FILLED
        )
        told = "RAISE 'somebody uses the database by now'"
        made.append(f"DO $$ BEGIN IF {used or 'FALSE'} THEN {told}; END IF; END $$;")
        made.append(f"DROP TABLE {', '.join(named.values())};")
    # What triggers call takes nothing.
    functions = [
        f"{sql.Identifier('public', name).as_string(connection)}()"
        for (name,) in connection.execute(FUNCTIONS).fetchall()
    ]
    return [*made, f"DROP FUNCTION {', '.join(functions)};"] if functions else made


def _held(holds: str) -> list[str]:
    """Statements that fail where a query does not answer 1, also after what triggers put off until the end."""
    if not holds:
        return []
    told = NOT_HELD.replace("'", "''")
    return [
        "SET CONSTRAINTS ALL IMMEDIATE;",
        f"DO $$ BEGIN IF ({holds}) <> 1 THEN RAISE '{told}'; END IF; END $$;",
    ]


def _counted(connection: psycopg.Connection, table: str, rows: int) -> str:
    """A statement that fails where a table has another number of rows."""
    named = sql.Identifier("public", table).as_string(connection)
    told = sql.Literal(f"{table} has not the {int(rows)} rows of the manifest").as_string(connection)
    return f"DO $$ BEGIN IF (SELECT count(*) FROM {named}) <> {int(rows)} THEN RAISE {told}; END IF; END $$;"  # noqa: S608


def _snapshot(connection: psycopg.Connection) -> Snapshot:
    tables = [name for (name,) in connection.execute(TABLES).fetchall()]
    count = sql.SQL("SELECT count(*) FROM {}")
    counts = {name: _one(connection, count.format(sql.Identifier("public", name))) for name in tables}
    revision = ""
    if REVISIONS in tables:
        revision = _one(connection, sql.SQL("SELECT version_num FROM public.alembic_version")) or ""
    return Snapshot(revision, counts, forum=_forum(connection, tables))


def _forum(connection: psycopg.Connection, tables: Iterable[str]) -> str:
    return forum_mark(_one(connection, sql.SQL(FIRST_MEMBER)) or "") if "member" in tables else ""


def _one(connection: psycopg.Connection, query: sql.SQL | sql.Composed) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _server_major(connection: psycopg.Connection) -> int:
    return connection.info.server_version // 10000
