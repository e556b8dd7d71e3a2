"""Lines of the moderation log on the way back, for migrations after 0057: those of kinds that came with one go."""

import sqlalchemy as sa
from alembic import op

LOG, REASON, LINK = "moderation_action", "action_reason", "action_link"


def forget(*kinds: str) -> None:
    """Take out the lines of these kinds, which code of before cannot read, with their reasons.

    Where there are any all links go: the worker makes the chains anew, of what is left.
    """
    connection, values = op.get_bind(), {"kinds": kinds}
    chosen = f"SELECT id FROM {LOG} WHERE action IN :kinds"  # noqa: S608 - constants
    if connection.execute(_listed(f"{chosen} LIMIT 1"), values).first() is None:
        return
    guards = _take_away(connection)
    op.execute(f"DELETE FROM {LINK}")  # noqa: S608
    for statement in (
        f"DELETE FROM {REASON} WHERE action_id IN ({chosen})",  # noqa: S608
        f"UPDATE thread_change SET action_id = NULL WHERE action_id IN ({chosen})",  # noqa: S608
        f"DELETE FROM {LOG} WHERE action IN :kinds",  # noqa: S608
    ):
        connection.execute(_listed(statement), values)
    for statement in guards:
        connection.exec_driver_sql(statement)


def _listed(statement: str) -> sa.TextClause:
    return sa.text(statement).bindparams(sa.bindparam("kinds", expanding=True))


def _take_away(connection: sa.Connection) -> list[str]:
    """Let nothing keep lines from being taken out; what brings the guards back."""
    tables = (LOG, REASON, LINK)
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
    query = _listed("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN :kinds")
    made = connection.execute(query, {"kinds": tables}).all()
    for trigger in made:
        connection.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
    return [str(trigger.sql) for trigger in made]
