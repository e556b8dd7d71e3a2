"""When members last opened the page of a space, and when they put its welcome away."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLE = "space_visit"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("previous_at", MOMENT, nullable=True),
        sa.Column("welcomed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_space_visit_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_space_visit_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "space_id", name=op.f("pk_space_visit")),
    )
    op.create_index(op.f("ix_space_visit_space_id"), TABLE, ["space_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
