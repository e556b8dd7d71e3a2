"""Threads that moderators put in the archive of their space.

On the way back they are running talk again, and the lines of the log about it are lost.
"""

import sqlalchemy as sa
from alembic import op

from migrations.allowed_kinds import allow
from migrations.log_lines import forget

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

ACTS, KIND = "undoable_act", "ck_undoable_act_undokind"
INDEX, ARCHIVED = "ix_thread_space_id_archived", "archived_at IS NOT NULL"


def upgrade() -> None:
    op.add_column("thread", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    only = sa.text(ARCHIVED)
    columns = ["space_id", "last_post_at", "id"]
    op.create_index(INDEX, "thread", columns, sqlite_where=only, postgresql_where=only)
    allow(ACTS, "kind", KIND, more=("archive",))


def downgrade() -> None:
    forget("archive", "unarchive")
    op.execute(f"DELETE FROM {ACTS} WHERE kind = 'archive'")  # noqa: S608 - constants
    allow(ACTS, "kind", KIND, less=("archive",))
    op.drop_index(INDEX, table_name="thread")
    op.drop_column("thread", "archived_at")
