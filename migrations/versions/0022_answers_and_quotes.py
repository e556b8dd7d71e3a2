"""A reply may say which post it answers, and a post quotes passages of others of its thread by their place."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In one statement: SQLite would write the table anew, at which all that points at it goes.
    op.execute(
        """ALTER TABLE post ADD COLUMN answers_id INTEGER
        CONSTRAINT fk_post_answers_id REFERENCES post (id)"""
    )
    is_set = sa.text("answers_id IS NOT NULL")
    op.create_index(
        "ix_post_answers_id", "post", ["answers_id"], postgresql_where=is_set, sqlite_where=is_set
    )
    op.create_table(
        "post_quote",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("start_at", sa.Integer(), nullable=False),
        sa.Column("end_at", sa.Integer(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_post_quote_post_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["post_revision.id"], name="fk_post_quote_revision_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "position", name="pk_post_quote"),
    )
    op.create_index("ix_post_quote_revision_id", "post_quote", ["revision_id"])


def downgrade() -> None:
    op.drop_table("post_quote")
    op.drop_index("ix_post_answers_id", table_name="post")
    op.execute("ALTER TABLE post DROP COLUMN answers_id")
