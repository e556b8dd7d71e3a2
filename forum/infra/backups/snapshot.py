"""What was in a database at the moment that a backup shows, and whether a database is empty enough for one."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from forum.infra.connections import sqlite_file
from forum.infra.db import db

KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
REVISIONS = "alembic_version"
# What migrations fill, and what commands and a worker write down in a forum that nobody uses yet.
FILLED = frozenset(
    {
        REVISIONS,
        "schema_fit",
        "label",
        "library_count",
        "recurring_work",
        "heartbeat",
        "maintenance_record",
        "word_key",
        "search_progress",
    }
)
NOT_HELD = (
    "A trigger or rule in the backup passes for one of this forum and could release its mail: nothing was brought in."
    " Was the file made by somebody else?"
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Its newest migration, how many rows each table has, the version of what made a copy of it, and whose it is."""

    revision: str
    counts: dict[str, int]
    made_with: str = ""
    forum: str = ""


def forum_mark(first_member: str) -> str:
    """Return what stands for a forum, of number and moment of its first member, who stays whatever becomes of them."""
    return hashlib.sha256(first_member.encode()).hexdigest()[:16] if first_member else ""


def place_of(url: URL) -> str:
    """Return which database an address names, for people: its file, or its name and host, and never a password."""
    kind = KINDS[url.get_backend_name()]
    if path := sqlite_file(url):
        return in_file(path)
    host = url.host or url.query.get("host") or "this machine"
    return f"the database {url.database} on {host if isinstance(host, str) else ', '.join(host)} ({kind})"


def in_file(path: Path) -> str:
    """Return the same of an SQLite database in this file."""
    return f"the database {path.absolute()} ({KINDS['sqlite']})"


def emptiness(rows: dict[str, int], dependent: set[str], place: str) -> str:
    """Return what keeps a backup from being brought into the database called `place`; nothing where it is empty.

    `rows` of each of its tables, and the names of what others made on top of ours: views, tables of other schemas.
    """
    used = {table: count for table, count in rows.items() if count and table not in FILLED}
    if strange := set(rows) - {REVISIONS, *db.metadata.tables}:
        found = f"In {place} are tables that are not of this forum ({', '.join(sorted(strange)[:3])})"
    elif dependent:
        found = f"In {place} something that is not of this forum depends on it ({', '.join(sorted(dependent)[:3])})"
    elif used:
        table = "member" if "member" in used else min(used)
        found = f"There are {used[table]} {table.replace('_', ' ')}s in {place}"
    else:
        return ""
    return f"{found}: a backup is only brought into an empty one. Give DATABASE_URL the address of a new one."
