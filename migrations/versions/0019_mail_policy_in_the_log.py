"""The log of a space says who changed what of it may stand in mails.

On the way back such a line is one about a classification without a thread, of which there are no others; so it is what
it was when it comes up again.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OLD = (
    *("hide", "restore", "lock", "reopen", "narrow", "widen", "classify", "role", "suspend", "readmit"),
    *("confirm_capacity", "refuse_capacity", "end_capacity", "remove"),
)
LOG, CHECK = "moderation_action", "ck_moderation_action_action"
UP = "CASE WHEN action = 'classify' AND thread_id IS NULL THEN 'mail_policy' ELSE action END"
DOWN = "CASE action WHEN 'mail_policy' THEN 'classify' ELSE action END"


def upgrade() -> None:
    _allow((*OLD, "mail_policy"), UP)


def downgrade() -> None:
    _allow(OLD, DOWN)


def _allow(kinds: tuple[str, ...], kind: str) -> None:
    """Let the log hold these kinds of lines; `kind` says what each line becomes."""
    listed = "action IN ({})".format(", ".join(f"'{one}'" for one in kinds))
    if op.get_bind().dialect.name == "sqlite":
        _rewrite_log(listed, kind)
        return
    op.execute(f"ALTER TABLE {LOG} DROP CONSTRAINT {CHECK}")
    op.execute(f"ALTER TABLE {LOG} DISABLE TRIGGER moderation_action_kept")
    op.execute(f"UPDATE {LOG} SET action = {kind} WHERE action <> {kind}")  # noqa: S608 - constants
    op.execute(f"ALTER TABLE {LOG} ENABLE TRIGGER moderation_action_kept")
    op.execute(f"ALTER TABLE {LOG} ADD CONSTRAINT {CHECK} CHECK ({listed})")


def _rewrite_log(listed: str, kind: str) -> None:
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
    columns = [column["name"] for column in sa.inspect(connection).get_columns(LOG)]
    values = ", ".join(kind if name == "action" else name for name in columns)
    op.execute(f"INSERT INTO {LOG}_new ({', '.join(columns)}) SELECT {values} FROM {LOG}")  # noqa: S608
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
