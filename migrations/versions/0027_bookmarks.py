"""Posts that members keep for themselves, with a note."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLE = "bookmark"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_bookmark_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_bookmark_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "post_id", name=op.f("pk_bookmark")),
    )
    op.create_index("ix_bookmark_post_id", TABLE, ["post_id"])
    op.create_index("ix_bookmark_member_id_kept_at_post_id", TABLE, ["member_id", "kept_at", "post_id"])


def downgrade() -> None:
    op.execute("DELETE FROM undoable_act WHERE kind = 'bookmark'")
    op.drop_table(TABLE)
