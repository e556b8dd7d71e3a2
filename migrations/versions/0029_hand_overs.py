"""What a moderator holds can be handed over; a lesson keeps whose it was before; the log has a kind of line for it.

On the way back such a line of the log is one about a role that changed, offers are gone, and a lesson no longer knows
whose it was before: sealed versions then stand in the name of who makes it now. While such a lesson is in review there
is no way back, as who made it before could check it then.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLE, MOMENT = "hand_over", sa.DateTime(timezone=True)
OPEN = sa.text("ended_at IS NULL")
OLD = (
    *("hide", "restore", "lock", "reopen", "narrow", "widen", "classify", "role", "suspend", "readmit"),
    *("confirm_capacity", "refuse_capacity", "end_capacity", "remove", "mail_policy"),
    *("hide_revision", "show_revision"),
)
LOG, CHECK = "moderation_action", "ck_moderation_action_action"
PASSED_ON = "state = 'in_review' AND CAST(earlier_curators AS TEXT) <> '[]'"
DOWN = "CASE WHEN action = 'hand_over' THEN 'role' ELSE action END"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column("offered_by_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ending", sa.String(24), nullable=True),
        sa.CheckConstraint(
            "ending IN ('accepted', 'declined', 'withdrawn', 'over')", name=op.f("ck_hand_over_ending")
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_hand_over_space_id"), ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["member.id"], name=op.f(f"fk_hand_over_{column}"), ondelete="CASCADE"
            )
            for column in ("giver_id", "successor_id", "offered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    op.create_index(
        "uq_hand_over_open",
        TABLE,
        ["kind", "piece_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_hand_over_successor_id", TABLE, ["successor_id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_hand_over_space_id", TABLE, ["space_id"])
    accepted = sa.text("ending = 'accepted'")
    op.create_index(
        "ix_hand_over_accepted",
        TABLE,
        ["kind", "piece_id"],
        sqlite_where=accepted,
        postgresql_where=accepted,
    )
    op.add_column("lesson", sa.Column("earlier_curators", sa.JSON(), nullable=False, server_default="[]"))
    _allow((*OLD, "hand_over"), "action")


def downgrade() -> None:
    waiting = op.get_bind().scalar(sa.text(f"SELECT count(*) FROM lesson WHERE {PASSED_ON}"))  # noqa: S608 - a constant
    if waiting:
        raise RuntimeError(
            f"{waiting} lessons that were handed over are in review: publish or return them before you go back"
        )
    _allow(OLD, DOWN)
    op.drop_column("lesson", "earlier_curators")
    op.drop_table(TABLE)


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
