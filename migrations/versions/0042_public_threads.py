"""The threads for everybody have an index: the sitemap looks for them among all."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_thread_public", "thread"


def upgrade() -> None:
    public = sa.text("audience = 'public'")
    op.create_index(NAME, TABLE, ["id"], sqlite_where=public, postgresql_where=public)


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
