"""How threads were classified before: need, axis, tags and space, with who changed them and when.

The moderation log gets one more kind of line, `classify`. Its triggers and its words stay as they are.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OLD = ("hide", "restore", "lock", "reopen", "narrow", "widen", "role", "suspend", "readmit")
NEW = (*OLD[:6], "classify", *OLD[6:])
LOG, CHECK = "moderation_action", "ck_moderation_action_action"


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
    op.execute(f"DROP TABLE {LOG}")
    op.execute(f"ALTER TABLE {LOG}_new RENAME TO {LOG}")
    for kind, sql in made:
        if kind != "table":
            connection.exec_driver_sql(sql)


def upgrade() -> None:
    _allow(NEW)
    op.create_table(
        "thread_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column(
            "part",
            sa.Enum(
                "need",
                "axis",
                "tags",
                "space",
                name="part",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("before", sa.String(length=240), nullable=False),
        sa.Column("after", sa.String(length=240), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_change_thread_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["editor_id"], ["member.id"], name=op.f("fk_thread_change_editor_id")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_thread_change_space_id")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["moderation_action.id"], name=op.f("fk_thread_change_action_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_change")),
    )
    op.create_index("ix_thread_change_thread_id_id", "thread_change", ["thread_id", "id"])
    op.create_index("ix_thread_change_action_id", "thread_change", ["action_id"])


def downgrade() -> None:
    op.drop_table("thread_change")
    _allow(OLD)
