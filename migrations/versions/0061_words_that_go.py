"""Posts deleted and words left out by moderators, what of it can be undone, and threads pinned to a space.

On the way back what was sealed stays sealed: a deleted post is hidden, and what could still be undone cannot be.
"""

import sqlalchemy as sa
from alembic import op

from migrations.allowed_kinds import allow
from migrations.log_lines import forget

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

SEALING, PIN = "sealing", "pinned_thread"
ACTS = ("delete_post", "leave_out", "retitle", "pin", "lock", "classify")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("post", sa.Column("sealed_at", MOMENT, nullable=True))
    op.create_table(
        SEALING,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("sealed_by_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('delete', 'leave_out')", name=op.f("ck_sealing_sealed")),
        _pointing(SEALING, "post_id", "post", "CASCADE"),
        _pointing(SEALING, "act_id", "undoable_act"),
        _pointing(SEALING, "sealed_by_id", "member", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealing")),
        sa.UniqueConstraint("act_id", name=op.f("uq_sealing_act_id")),
    )
    op.create_index("ix_sealing_post_id_at", SEALING, ["post_id", "at"])
    only = sa.text("ended_at IS NULL")
    op.create_index("ix_sealing_open", SEALING, ["at"], sqlite_where=only, postgresql_where=only)
    op.create_table(
        PIN,
        sa.Column("thread_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("pinned_at", MOMENT, nullable=False),
        sa.CheckConstraint("place BETWEEN 1 AND 3", name=op.f("ck_pinned_thread_few")),
        _pointing(PIN, "thread_id", "thread", "CASCADE"),
        _pointing(PIN, "space_id", "space", "CASCADE"),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_pinned_thread")),
        sa.UniqueConstraint("space_id", "place", name=op.f("uq_pinned_thread_space_id_place")),
    )
    allow("undoable_act", "kind", "ck_undoable_act_undokind", more=ACTS)
    allow("excerpt", "removal", "ck_excerpt_removalkind", more=("sealed",))
    allow("removal", "kind", "ck_removal_removalkind", more=("sealed",))


def downgrade() -> None:
    forget("delete_post", "undelete_post", "leave_out", "put_back_words", "retitle", "pin", "unpin")
    op.drop_table(PIN)
    op.drop_table(SEALING)
    # What settled reports goes on to say so.
    op.execute(
        "UPDATE undoable_act SET kind = 'hide' WHERE kind = 'delete_post'"
        " AND id IN (SELECT act_id FROM post_settlement)"
    )
    gone = ", ".join(f"'{kind}'" for kind in ACTS)
    op.execute(f"DELETE FROM undoable_act WHERE kind IN ({gone})")  # noqa: S608 - constants
    op.execute("UPDATE excerpt SET removal = 'erased' WHERE removal = 'sealed'")
    op.execute("UPDATE removal SET kind = 'erased' WHERE kind = 'sealed'")
    allow("removal", "kind", "ck_removal_removalkind", less=("sealed",))
    allow("excerpt", "removal", "ck_excerpt_removalkind", less=("sealed",))
    allow("undoable_act", "kind", "ck_undoable_act_undokind", less=ACTS)
    op.drop_column("post", "sealed_at")


def _pointing(table: str, name: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    key = op.f(f"fk_{table}_{name}_{to}")
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=key, ondelete=ondelete)
