"""Whether somebody from the field told a thread stands beside it: counting such threads read 500 posts for it."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TABLE, COLUMN = "thread", "told_by_field"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column(COLUMN, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        """UPDATE thread SET told_by_field = TRUE WHERE id IN (
        SELECT post.thread_id FROM post JOIN capacity ON capacity.id = post.capacity_id
        WHERE post.number = 1 AND capacity.level = 'field')"""
    )


def downgrade() -> None:
    op.execute(f"ALTER TABLE {TABLE} DROP COLUMN {COLUMN}")
