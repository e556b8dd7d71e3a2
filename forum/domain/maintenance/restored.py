"""What makes a copy of the database a restored one: nobody is signed in, old links set no password, mail is held."""

from datetime import UTC, datetime

from forum.domain.maintenance import triggers
from forum.infra import tokens


def statements(*, made_at: datetime, restored_at: datetime, is_sqlite: bool) -> list[str]:
    """Return the statements that belong in the transaction in which a backup of that moment is brought in.

    Written out, and not by way of the models: they run before the migrations, on the tables as the backup has them
    (from 0014 on, the oldest that there are backups of). What PostgreSQL's own tools brought in is in `public`.
    """
    made, restored = (_written(moment, is_sqlite) for moment in (made_at, restored_at))
    place, stamp = ("main" if is_sqlite else "public"), tokens.random_token(16)
    return [
        f"UPDATE {place}.sign_in SET ended_at = '{restored}' WHERE ended_at IS NULL",  # noqa: S608 - made here
        # Every link that sets a password has the stamp of its member in it.
        f"UPDATE {place}.member SET password_stamp = '{stamp}'",  # noqa: S608
        f"DELETE FROM {place}.restored_copy",  # noqa: S608
        f"INSERT INTO {place}.restored_copy (id, backup_made_at, restored_at)"  # noqa: S608
        f" VALUES (1, '{made}', '{restored}')",
        # Of workers that never worked here.
        f"DELETE FROM {place}.heartbeat",  # noqa: S608
    ]


def holds(*, made_at: datetime, restored_at: datetime, is_sqlite: bool) -> str:
    """Return a query for the number 1, as long as the row stands as `statements` wrote it and no trigger may change it.

    Also none that fires later only, when a worker starts.
    """
    made, restored = (_written(moment, is_sqlite) for moment in (made_at, restored_at))
    table = f"{'main' if is_sqlite else 'public'}.restored_copy"
    return (
        f"SELECT CASE WHEN count(*) = 1 AND min(id) = 1 AND count(released_at) = 0"  # noqa: S608 - made here
        f" AND min(restored_at) = '{restored}' AND min(backup_made_at) = '{made}'"
        f" AND NOT EXISTS ({triggers.strange(is_sqlite=is_sqlite)}) THEN 1 ELSE 0 END FROM {table}"
    )


def _written(moment: datetime, is_sqlite: bool) -> str:
    """A moment as the database keeps it."""
    in_utc = moment.astimezone(UTC)
    return in_utc.strftime("%Y-%m-%d %H:%M:%S.%f") if is_sqlite else in_utc.isoformat()
