"""Which kinds of lines the moderation log holds, for migrations since 0029; those before have this in themselves.

Migrations that were released run it again on every new database: it stays as it is, and one that needs another way has
its own.
"""

import re

import sqlalchemy as sa
from alembic import op

LOG, CHECK = "moderation_action", "ck_moderation_action_action"
FIRST = (
    *("hide", "restore", "lock", "reopen", "narrow", "widen", "classify", "role", "suspend", "readmit"),
    *("confirm_capacity", "refuse_capacity", "end_capacity", "remove", "mail_policy"),
    *("hide_revision", "show_revision"),
)


def allow(*added: str) -> None:
    """Let the log hold the kinds of lines of before 0029 and these; lines of other kinds go."""
    listed = "action IN ({})".format(", ".join(f"'{kind}'" for kind in (*FIRST, *added)))
    if op.get_bind().dialect.name == "sqlite":
        _write_anew(listed)
        return
    op.execute(f"ALTER TABLE {LOG} DROP CONSTRAINT {CHECK}")
    op.execute(f"ALTER TABLE {LOG} DISABLE TRIGGER moderation_action_kept")
    op.execute(f"DELETE FROM {LOG} WHERE NOT ({listed})")  # noqa: S608 - constants
    op.execute(f"ALTER TABLE {LOG} ENABLE TRIGGER moderation_action_kept")
    op.execute(f"ALTER TABLE {LOG} ADD CONSTRAINT {CHECK} CHECK ({listed})")


def _write_anew(listed: str) -> None:
    """SQLite changes no constraint: the table is written anew, then its indexes and triggers as they were."""
    connection = op.get_bind()
    made = connection.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :log AND sql IS NOT NULL"), {"log": LOG}
    ).all()
    (table,) = [sql for what, sql in made if what == "table"]
    table, checks = re.subn(r"action IN \([^)]*\)", listed, table)
    table, names = re.subn(rf'^CREATE TABLE "?{LOG}"?', f"CREATE TABLE {LOG}_new", table)
    if (checks, names) != (1, 1):
        raise RuntimeError(f"the table {LOG} is not as the migrations made it")
    connection.exec_driver_sql(table)
    columns = ", ".join(column["name"] for column in sa.inspect(connection).get_columns(LOG))
    op.execute(f"INSERT INTO {LOG}_new ({columns}) SELECT {columns} FROM {LOG} WHERE {listed}")  # noqa: S608
    # What points at the log is put aside: SQLite drops no table that rows point at.
    op.execute("CREATE TABLE pointed AS SELECT id, action_id FROM thread_change WHERE action_id IS NOT NULL")
    op.execute("UPDATE thread_change SET action_id = NULL")
    op.execute(f"DROP TABLE {LOG}")
    op.execute(f"ALTER TABLE {LOG}_new RENAME TO {LOG}")
    op.execute(
        """UPDATE thread_change SET action_id = (SELECT action_id FROM pointed WHERE pointed.id = thread_change.id)
        WHERE id IN (SELECT id FROM pointed)"""
    )
    op.execute("DROP TABLE pointed")
    for what, sql in made:
        if what != "table":
            connection.exec_driver_sql(sql)
