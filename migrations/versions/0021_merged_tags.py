"""Editors of the network merge tags and spell them, and undo it.

On the way back a merged tag is an old one that nobody uses, and each thread shows its own spelling again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE tag ADD COLUMN label VARCHAR(40)")
    op.execute(
        """ALTER TABLE tag ADD COLUMN merged_into_id INTEGER
        CONSTRAINT fk_tag_merged_into_id REFERENCES tag (id)"""
    )
    op.create_index("ix_tag_merged_into_id", "tag", ["merged_into_id"])
    op.create_table(
        "tag_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("old_name", sa.String(40), nullable=False),
        sa.Column("new_name", sa.String(40), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name="fk_tag_merge_tag_id"),
        sa.ForeignKeyConstraint(["into_id"], ["tag.id"], name="fk_tag_merge_into_id"),
        sa.ForeignKeyConstraint(["editor_id"], ["member.id"], name="fk_tag_merge_editor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tag_merge"),
    )


def downgrade() -> None:
    op.drop_table("tag_merge")
    op.drop_index("ix_tag_merged_into_id", table_name="tag")
    op.execute("ALTER TABLE tag DROP COLUMN merged_into_id")
    op.execute("ALTER TABLE tag DROP COLUMN label")
