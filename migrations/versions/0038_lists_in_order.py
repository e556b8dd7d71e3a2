"""The newest members of a space, and the newest threads about an axis that wait for an answer, found in their order.

What the list of members asks of each row is in its index: PostgreSQL read and sorted everybody otherwise.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

MEMBERS, WAITING = "ix_membership_space_id_since_at_id", "ix_thread_axis_waiting"
BELONGS = sa.text("ended_at IS NULL")
UNANSWERED = sa.text(
    "answered_at IS NULL AND locked_at IS NULL AND hidden_at IS NULL AND withdrawn_at IS NULL"
)


def upgrade() -> None:
    op.drop_index(MEMBERS, table_name="membership")
    _index_members(postgresql_include=["member_id", "role", "ends_at"])
    op.create_index(
        WAITING,
        "thread",
        ["axis", "last_post_at", "id"],
        sqlite_where=UNANSWERED,
        postgresql_where=UNANSWERED,
    )


def downgrade() -> None:
    op.drop_index(WAITING, table_name="thread")
    op.drop_index(MEMBERS, table_name="membership")
    _index_members()


def _index_members(**more: list[str]) -> None:
    op.create_index(
        MEMBERS,
        "membership",
        ["space_id", "since_at", "id"],
        sqlite_where=BELONGS,
        postgresql_where=BELONGS,
        **more,
    )
