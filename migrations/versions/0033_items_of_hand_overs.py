"""What is handed over is called an item."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Both databases take the indexes along.
    op.execute("ALTER TABLE hand_over RENAME COLUMN piece_id TO item_id")


def downgrade() -> None:
    op.execute("ALTER TABLE hand_over RENAME COLUMN item_id TO piece_id")
