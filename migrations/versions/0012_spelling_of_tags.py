"""The spelling of a tag stands with each use of it, so that no thread shows how another one spells it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Until now all uses of a tag had the spelling of the first.
USES = {
    "thread_tag": "UPDATE thread_tag SET name = (SELECT name FROM tag WHERE tag.id = thread_tag.tag_id)",
    "lesson_tag": "UPDATE lesson_tag SET name = (SELECT name FROM tag WHERE tag.id = lesson_tag.tag_id)",
}


def upgrade() -> None:
    for table, fill in USES.items():
        op.add_column(table, sa.Column("name", sa.String(40), nullable=False, server_default=""))
        op.execute(fill)
        # Only for the rows that stood: code of before, still running, would write uses without a name.
        with op.batch_alter_table(table) as batch:
            batch.alter_column(
                "name", server_default=None, existing_type=sa.String(40), existing_nullable=False
            )


def downgrade() -> None:
    for table in USES:
        op.drop_column(table, "name")
