"""What was in a database at the moment that a backup shows, and whether a database is empty enough for one."""

from dataclasses import dataclass

from forum.infra.db import db

REVISIONS = "alembic_version"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Its newest migration, how many rows each table has, and the version of what made a copy of it."""

    revision: str
    counts: dict[str, int]
    made_with: str = ""


def emptiness(tables: set[str], members: int) -> str:
    """Return what keeps a backup from being brought into a database, as a sentence; nothing where it is empty."""
    if members:
        return (
            f"There are {members} members in the database: a backup is only brought into an empty one."
            " Give DATABASE_URL the address of a new one."
        )
    if strange := tables - {REVISIONS, *db.metadata.tables}:
        return (
            f"The database has tables that are not of this forum ({', '.join(sorted(strange)[:3])}): a backup is only"
            " brought into an empty one. Give DATABASE_URL the address of a new one."
        )
    return ""
