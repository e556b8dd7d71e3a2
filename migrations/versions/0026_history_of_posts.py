"""Earlier texts of a post can be hidden, and say for whom they are; acts that can be undone have more kinds.

The history of a thread that other people read since is not known to have been for them: it begins with the next.
On the way back such a line of the log is one about a classification that changed nothing.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OLD = (
    *("hide", "restore", "lock", "reopen", "narrow", "widen", "classify", "role", "suspend", "readmit"),
    *("confirm_capacity", "refuse_capacity", "end_capacity", "remove", "mail_policy"),
)
NEW = ("hide_revision", "show_revision")
OLD_ACTS = ("narrow", "hide", "take_back", "remove")
NEW_ACTS = ("bookmark", "hide_revision")
LOG, CHECK = "moderation_action", "ck_moderation_action_action"
ACTS, ACTS_CHECK = "undoable_act", "ck_undoable_act_undokind"
DOWN = "CASE WHEN action IN ('hide_revision', 'show_revision') THEN 'classify' ELSE action END"


def upgrade() -> None:
    op.add_column("post", sa.Column("history_from", sa.SmallInteger(), nullable=False, server_default="1"))
    op.execute(
        """UPDATE post SET history_from = revision + 1 WHERE revision > 1 AND thread_id IN (
        SELECT thread_id FROM moderation_action
        WHERE thread_id IS NOT NULL AND action IN ('widen', 'restore')
        UNION SELECT thread_id FROM thread_change WHERE part = 'space')"""
    )
    for column in (
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by_author", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("hidden_reason", sa.String(300), nullable=False, server_default=""),
    ):
        op.add_column("post_revision", column)
    _allow((*OLD, *NEW), "action")
    _allow_acts((*OLD_ACTS, *NEW_ACTS))


def downgrade() -> None:
    listed = ", ".join(f"'{kind}'" for kind in NEW_ACTS)
    op.execute(f"DELETE FROM {ACTS} WHERE kind IN ({listed})")  # noqa: S608 - constants
    _allow_acts(OLD_ACTS)
    _allow(OLD, DOWN)
    for column in ("hidden_reason", "hidden_by_author", "hidden_at"):
        op.drop_column("post_revision", column)
    op.drop_column("post", "history_from")


def _allow_acts(kinds: tuple[str, ...]) -> None:
    listed = "kind IN ({})".format(", ".join(f"'{one}'" for one in kinds))
    with op.batch_alter_table(ACTS) as batch:
        batch.drop_constraint(op.f(ACTS_CHECK), type_="check")
        batch.create_check_constraint(op.f(ACTS_CHECK), listed)


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
