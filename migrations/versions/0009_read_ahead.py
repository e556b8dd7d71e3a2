"""Posts that a member read while some before them were still new: a mark says only up to where somebody has read."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "read_ahead",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_read_ahead_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_read_ahead_thread_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "thread_id", "first_number", name=op.f("pk_read_ahead")),
    )
    op.create_index(op.f("ix_read_ahead_thread_id"), "read_ahead", ["thread_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_read_ahead_thread_id"), table_name="read_ahead")
    op.drop_table("read_ahead")
