"""Columns named after what they hold: the idempotency key of one sending of one form.

The unique constraints keep their old names: SQLite cannot rename one without making the whole table anew.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("thread", "post")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN once TO idempotency_key")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN idempotency_key TO once")
