"""SQLite: a copy of a database that people write in, and how a copy takes the place of an empty one."""

import gzip
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from forum.infra import private_files, search_index
from forum.infra.backups import room
from forum.infra.backups.archive import Sink
from forum.infra.backups.problems import Problem, told
from forum.infra.backups.reading import opened
from forum.infra.backups.snapshot import NOT_HELD, REVISIONS, Snapshot, emptiness, forum_mark, in_file
from forum.infra.backups.strange import Triggers
from forum.infra.backups.workspace import place, write_through

PART = "database.sqlite.gz"
LEVEL = 3  # of gzip: half the size at a third of the time of its default
FIRST_MEMBER = "SELECT id || ' ' || created_at FROM member ORDER BY id LIMIT 1"
HEADER = 100  # bytes at the beginning of a database
BESIDE = ("-wal", "-journal")  # what SQLite would read into a database that it finds beside it


def dump(database: Path, folder: Path, sink: Sink) -> Snapshot:
    """Write the database as it is at one moment into `sink`, by way of a copy in `folder`; Problem."""
    with told(database), _connected(database) as source:
        if (tables := _tables(source)) and REVISIONS not in tables:
            raise Problem(f"{database} is a database, and not one of this forum: look at DATABASE_URL.")
    copy = folder / "copy.db"
    private_files.make_file(copy)
    with told(database), _connected(database) as source:
        # Reading needs room too, beside the database: asked for here, where it is not taken for that of the copy.
        source.execute("BEGIN")
        pages = _number(source, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        room.require(folder, int(pages))
        with told(copy), _connected(copy) as target:
            target.execute("PRAGMA synchronous = OFF")
            # All pages in one step, so that it reads one snapshot: in several it begins anew whenever somebody writes.
            source.backup(target, pages=-1)
    _make_single(copy)
    found = _sound(copy)
    with (
        told(copy),
        copy.open("rb") as file,
        gzip.GzipFile("", "wb", LEVEL, sink, mtime=0) as packed,  # type: ignore[call-overload]
    ):
        room.copy(file, packed, folder)
    copy.unlink()
    return found


def unpack(backup: Path, folder: Path) -> Path:
    """Bring the database of a backup that was checked into a file in `folder`; Problem."""
    copy = folder / "restored.db"
    private_files.make_file(copy)
    with opened(backup, PART) as part, gzip.open(part) as packed, told(copy), copy.open("wb") as file:
        try:
            header = packed.read(HEADER)
            size = _size(header)
            room.require(folder, size or 0)
            file.write(header)
            room.copy(packed, file, folder, at_most=size and size - len(header))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Problem(f"The database in {backup} is cut off or damaged.") from error
    _sound(copy)
    return copy


def leave_out(copy: Path, triggers: Triggers) -> None:
    """Take triggers that are not ours out of a copy, before it is written to and they could fire; Problem."""
    with told(copy), _connected(copy) as connection:
        query = "SELECT name, tbl_name || ' ' || name FROM sqlite_master WHERE type = 'trigger'"
        strange = [name for name, known in connection.execute(query).fetchall() if known not in triggers.ours]
        for name in strange:
            connection.execute('DROP TRIGGER main."{}"'.format(name.replace('"', '""')))
    triggers.tell(sorted(strange))


def snapshot(database: Path) -> Snapshot:
    """Return revision and counts of a database; Problem."""
    with told(database), _connected(database) as connection:
        counts = _counts(connection)
        revision = _number(connection, "SELECT version_num FROM alembic_version") if counts else ""
        made_with, mark = f"SQLite {sqlite3.sqlite_version}", _forum(connection, counts)
    return Snapshot(str(revision), counts, made_with, mark)


def forum(database: Path) -> str:
    """Return what stands for the forum in a database, as in the snapshot of it; nothing without members. Problem."""
    with told(database), _connected(database) as connection:
        return _forum(connection, _tables(connection))


def execute(database: Path, statements: list[str], holds: str) -> None:
    """Run these statements in one transaction, and keep it if the query `holds` answers 1 then; Problem."""
    with told(database), _connected(database) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(statement)
        if _number(connection, holds) != 1:
            raise Problem(NOT_HELD)
        connection.execute("COMMIT")


def require_empty(database: Path) -> None:
    """Refuse a database in which there is something; Problem."""
    if not database.exists():
        for ending in BESIDE:
            if (left := database.with_name(database.name + ending)).exists():
                raise Problem(f"{left} is there without its database: move it away first.")
        return
    with told(database), _connected(database) as connection:
        _require_empty(connection, database)


def take_place(copy: Path, database: Path) -> None:
    """Put a database where there is none, or an empty one that nobody uses; Problem."""
    _make_single(copy)
    with told(database):
        write_through(copy)
        require_empty(database)
        if not database.exists():
            place(copy, database)
            return
        with _connected(database) as connection, _alone(connection, database):
            _require_empty(connection, database)
            os.replace(copy, database)
            write_through(database.parent)


@contextmanager
def _alone(connection: sqlite3.Connection, database: Path) -> Iterator[None]:
    """Hold a database that nobody else has open, and that consists of a single file; Problem."""
    try:
        connection.execute("PRAGMA busy_timeout = 200")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        raise Problem(f"{database} is in use: stop the web server and the worker first.") from error
    yield
    connection.execute("ROLLBACK")


def _require_empty(connection: sqlite3.Connection, database: Path) -> None:
    views = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
    if sentence := emptiness(_counts(connection), views, in_file(database)):
        raise Problem(sentence)


def _sound(database: Path) -> Snapshot:
    with told(database), _connected(database) as connection:
        found = _number(connection, "PRAGMA quick_check(1)")
    if found != "ok":
        raise Problem(f"The database is damaged; SQLite says: {found}")
    return snapshot(database)


def _make_single(database: Path) -> None:
    """Have everything in one file, nothing in a log beside it."""
    with told(database), _connected(database) as connection:
        if _number(connection, "PRAGMA journal_mode = DELETE") != "delete":
            raise Problem(f"{database} is in use.")


def _tables(connection: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    return sorted(name for (name,) in connection.execute(query) if not search_index.is_of_engine(name))


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    return {
        table: int(_number(connection, f'SELECT count(*) FROM "{table}"'))  # noqa: S608 - of the database itself
        for table in _tables(connection)
    }


def _forum(connection: sqlite3.Connection, tables: Iterable[str]) -> str:
    return forum_mark(str(_number(connection, FIRST_MEMBER))) if "member" in tables else ""


def _size(header: bytes) -> int | None:
    """How many bytes a database has whose file begins so; None where it does not say."""
    # See "The Database Header" in SQLite's file format: sizes count where both change counters are the same.
    page, counter, pages = (int.from_bytes(header[at : at + n]) for at, n in ((16, 2), (24, 4), (28, 4)))
    if len(header) < HEADER or counter != int.from_bytes(header[92:96]) or not pages:
        return None
    return pages * (65_536 if page == 1 else page)


def _number(connection: sqlite3.Connection, query: str) -> str | int:
    row = connection.execute(query).fetchone()
    return row[0] if row else ""


@contextmanager
def _connected(database: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that is there, and close it; transactions are ours to begin and end."""
    address = f"file:{quote(str(database.absolute()))}?mode=rw"
    with closing(sqlite3.connect(address, timeout=30, isolation_level=None, uri=True)) as connection:
        yield connection
