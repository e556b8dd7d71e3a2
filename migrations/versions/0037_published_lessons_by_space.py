"""An index of published lessons by space: a page of a space shows three, and read all of the space for them."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

NAME, PUBLISHED = "ix_lesson_published_in_space", "current_id IS NOT NULL"


def upgrade() -> None:
    op.create_index(
        NAME,
        "lesson",
        ["space_id", "changed_at", "id"],
        sqlite_where=sa.text(PUBLISHED),
        postgresql_where=sa.text(PUBLISHED),
    )


def downgrade() -> None:
    op.drop_index(NAME, table_name="lesson")
