"""Which capacities wait is read from an index, and the moderation log holds who confirmed, refused and ended them.

The lines and the triggers of the log stay as they are. On the way back its lines of the new kinds are left out.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OLD = ("hide", "restore", "lock", "reopen", "narrow", "widen", "classify", "role", "suspend", "readmit")
NEW = (*OLD, "confirm_capacity", "refuse_capacity", "end_capacity")
LOG, CHECK = "moderation_action", "ck_moderation_action_action"
WAITS = "confirmed_at IS NULL AND refused_at IS NULL"


def upgrade() -> None:
    op.create_index(
        "ix_capacity_waiting",
        "capacity",
        ["id"],
        sqlite_where=sa.text(WAITS),
        postgresql_where=sa.text(WAITS),
    )
    _allow(NEW)


def downgrade() -> None:
    _allow(OLD)
    op.drop_index("ix_capacity_waiting", "capacity")


def _kinds(kinds: tuple[str, ...]) -> str:
    return "action IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))


def _allow(kinds: tuple[str, ...]) -> None:
    """Let the log hold these kinds of lines; lines of other kinds are left out."""
    if op.get_bind().dialect.name == "sqlite":
        _rewrite_log(kinds)
        return
    op.execute(f"ALTER TABLE {LOG} DISABLE TRIGGER moderation_action_kept")
    op.execute(f"DELETE FROM {LOG} WHERE NOT ({_kinds(kinds)})")  # noqa: S608 - constants of this file
    op.execute(f"ALTER TABLE {LOG} ENABLE TRIGGER moderation_action_kept")
    op.execute(f"ALTER TABLE {LOG} DROP CONSTRAINT {CHECK}")
    op.execute(f"ALTER TABLE {LOG} ADD CONSTRAINT {CHECK} CHECK ({_kinds(kinds)})")


def _rewrite_log(kinds: tuple[str, ...]) -> None:
    """SQLite changes no constraint: the table is written anew, then its indexes and triggers as they were."""
    connection = op.get_bind()
    made = connection.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :log AND sql IS NOT NULL"), {"log": LOG}
    ).all()
    (table,) = [sql for kind, sql in made if kind == "table"]
    table, checks = re.subn(r"action IN \([^)]*\)", _kinds(kinds), table)
    table, names = re.subn(rf'^CREATE TABLE "?{LOG}"?', f"CREATE TABLE {LOG}_new", table)
    if (checks, names) != (1, 1):
        raise RuntimeError(f"the table {LOG} is not as the migrations made it")
    connection.exec_driver_sql(table)
    op.execute(f"INSERT INTO {LOG}_new SELECT * FROM {LOG} WHERE {_kinds(kinds)}")  # noqa: S608
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
    for kind, sql in made:
        if kind != "table":
            connection.exec_driver_sql(sql)
