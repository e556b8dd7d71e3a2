"""What hangs on a row that is deleted, or is looked up by what it hangs on, is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

ALL = (("consent_round", "version_id"), ("lesson_version", "created_by_id"))
# Empty in many rows, which such an index leaves out.
FILLED = (
    ("adoption_report", "capacity_id"),
    ("excerpt", "consent_id"),
    ("invitation", "accepted_by_id"),
    ("lesson", "current_id"),
    ("lesson", "round_id"),
    ("lesson", "working_id"),
    ("lesson_review", "capacity_id"),
    ("moderation_action", "capacity_id"),
    ("notification", "lesson_id"),
    ("outgoing_mail", "invitation_id"),
    ("post", "capacity_id"),
    ("thread_response", "capacity_id"),
    ("undoable_act", "post_id"),
    ("undoable_act", "removal_id"),
    ("undoable_act", "thread_id"),
)


def upgrade() -> None:
    for table, column in ALL:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    for table, column in FILLED:
        filled = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            op.f(f"ix_{table}_{column}"), table, [column], sqlite_where=filled, postgresql_where=filled
        )


def downgrade() -> None:
    for table, column in (*FILLED, *ALL):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
