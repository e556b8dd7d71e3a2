"""A review keeps what its reviewer answered about a masked source; the log says which capacity, and who was removed.

Whoever is asked in a group can put the question away. On the way back, removals are changes of a role, as before.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OLD = (
    *("hide", "restore", "lock", "reopen", "narrow", "widen", "classify", "role", "suspend", "readmit"),
    *("confirm_capacity", "refuse_capacity", "end_capacity"),
)
NEW = (*OLD, "remove")
LOG, CHECK = "moderation_action", "ck_moderation_action_action"
KIND = "CASE action WHEN 'remove' THEN 'role' ELSE action END"
ANSWERS = "recognition IN ('nobody', 'not_asked')"


def upgrade() -> None:
    _allow(NEW)
    op.execute(
        f"""ALTER TABLE {LOG} ADD COLUMN capacity_id INTEGER
        CONSTRAINT fk_moderation_action_capacity_id REFERENCES capacity (id)"""
    )
    op.execute(
        f"""ALTER TABLE lesson_review ADD COLUMN recognition VARCHAR(24)
        CONSTRAINT ck_lesson_review_recognition CHECK ({ANSWERS})"""
    )
    op.create_table(
        "review_set_aside",
        _key("request_id", "review_request"),
        _key("member_id", "member"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("request_id", "member_id", name=op.f("pk_review_set_aside")),
    )
    op.create_index("ix_review_set_aside_member_id", "review_set_aside", ["member_id"])


def downgrade() -> None:
    op.drop_table("review_set_aside")
    op.execute("ALTER TABLE lesson_review DROP COLUMN recognition")
    op.execute(f"ALTER TABLE {LOG} DROP COLUMN capacity_id")
    _allow(OLD)


def _key(name: str, other: str) -> sa.Column[object]:
    reference = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_review_set_aside_{name}"), ondelete="CASCADE")
    return sa.Column(name, sa.Integer(), reference, nullable=False)


def _allow(kinds: tuple[str, ...]) -> None:
    """Let the log hold these kinds of lines; where a removal has none of its own, it is a change of a role."""
    listed = "action IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))
    removals_stay = "remove" in kinds
    if op.get_bind().dialect.name == "sqlite":
        _rewrite_log(listed, "action" if removals_stay else KIND)
        return
    op.execute(f"ALTER TABLE {LOG} DROP CONSTRAINT {CHECK}")
    if not removals_stay:
        op.execute(f"ALTER TABLE {LOG} DISABLE TRIGGER moderation_action_kept")
        op.execute(f"UPDATE {LOG} SET action = {KIND} WHERE action = 'remove'")  # noqa: S608 - constants
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
