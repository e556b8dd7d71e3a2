"""The index behind lists of published lessons holds only those.

With all lessons in it a list read every draft that was changed lately before it came to its first lesson.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PUBLISHED = sa.text("current_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_lesson_published",
        "lesson",
        ["changed_at", "id"],
        sqlite_where=PUBLISHED,
        postgresql_where=PUBLISHED,
    )
    op.drop_index("ix_lesson_changed_at_id", table_name="lesson")


def downgrade() -> None:
    op.create_index("ix_lesson_changed_at_id", "lesson", ["changed_at", "id"])
    op.drop_index("ix_lesson_published", table_name="lesson")
