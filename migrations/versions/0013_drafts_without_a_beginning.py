"""A draft no longer notes when it was begun: only its last change counts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("draft", "began_at")


def downgrade() -> None:
    # The default stays: SQLite could take it away only with the whole table, and code of before always says a moment.
    began_at = sa.Column(
        "began_at", sa.DateTime(timezone=True), nullable=False, server_default="2026-01-01 00:00:00"
    )
    op.add_column("draft", began_at)
    op.execute("UPDATE draft SET began_at = changed_at")
