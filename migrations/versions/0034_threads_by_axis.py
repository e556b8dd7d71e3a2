"""The threads about one axis, the latest post first, without a walk through those about the others."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

INDEX = "ix_thread_axis_last_post_at_id"


def upgrade() -> None:
    op.create_index(INDEX, "thread", ["axis", "last_post_at", "id"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="thread")
