"""Notes on the page of a space; acts that can be undone, and the log, have a kind more.

On the way back such a line of the log is one about a classification that changed nothing.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

OLD = (
    *("hide", "restore", "lock", "reopen", "narrow", "widen", "classify", "role", "suspend", "readmit"),
    *("confirm_capacity", "refuse_capacity", "end_capacity", "remove", "mail_policy"),
    *("hide_revision", "show_revision", "hand_over"),
)
OLD_ACTS = ("narrow", "hide", "take_back", "remove", "bookmark", "hide_revision")
NEW = "note"
TABLE = "space_note"
LOG, CHECK = "moderation_action", "ck_moderation_action_action"
ACTS, ACTS_CHECK = "undoable_act", "ck_undoable_act_undokind"
DOWN = "CASE WHEN action = 'note' THEN 'classify' ELSE action END"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_welcome", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("render_version", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_space_note_space_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["editor_id"], ["member.id"], name=op.f("fk_space_note_editor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space_note")),
    )
    op.create_index(op.f("ix_space_note_space_id"), TABLE, ["space_id"])
    standing = sa.text("is_welcome AND removed_at IS NULL")
    op.create_index(
        "uq_space_note_welcome",
        TABLE,
        ["space_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    _allow((*OLD, NEW), "action")
    _allow_acts((*OLD_ACTS, NEW))


def downgrade() -> None:
    op.execute(f"DELETE FROM {ACTS} WHERE kind = '{NEW}'")  # noqa: S608 - constants
    _allow_acts(OLD_ACTS)
    _allow(OLD, DOWN)
    op.drop_table(TABLE)


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
