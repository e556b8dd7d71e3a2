"""Threads that are split and merged: where posts stood before, and the title of a story that became a reply.

On the way back posts stay in the threads where they stand by then, and old addresses lead nowhere.
"""

import sqlalchemy as sa
from alembic import op

from migrations.allowed_kinds import allow
from migrations.log_lines import forget

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

ACTS, KIND = "undoable_act", "ck_undoable_act_undokind"
NEW_ACTS = ("split", "merge")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "moved_post",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("moved_at", MOMENT, nullable=False),
        _key("thread_id", "thread"),
        _key("post_id", "post"),
        sa.PrimaryKeyConstraint("thread_id", "number", name=op.f("pk_moved_post")),
    )
    op.create_index("ix_moved_post_post_id", "moved_post", ["post_id"])
    op.add_column("thread", sa.Column("merged_at", MOMENT, nullable=True))
    op.add_column("post", sa.Column("heading", sa.String(length=200), server_default="", nullable=False))
    allow(ACTS, "kind", KIND, more=NEW_ACTS)


def downgrade() -> None:
    forget("split", "merge")
    gone = ", ".join(f"'{one}'" for one in NEW_ACTS)
    op.execute(f"DELETE FROM {ACTS} WHERE kind IN ({gone})")  # noqa: S608 - constants
    allow(ACTS, "kind", KIND, less=NEW_ACTS)
    op.drop_column("post", "heading")
    op.drop_column("thread", "merged_at")
    op.drop_table("moved_post")


def _key(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_moved_post_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="CASCADE")
