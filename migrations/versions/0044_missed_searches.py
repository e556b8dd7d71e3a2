"""What people look for and do not find; tags have an index of the order in which they are suggested."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

MISSED, BY = "missed_search", "missed_by"
MONTH = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_index("ix_tag_sort_key_id", "tag", ["sort_key", "id"])
    op.create_table(
        MISSED,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=22), nullable=False),
        sa.Column("words", sa.String(length=80), nullable=True),
        sa.Column("first_month", MONTH, nullable=False),
        sa.Column("last_month", MONTH, nullable=False),
        sa.Column("is_set_aside", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_search")),
        sa.UniqueConstraint("mark", name=op.f("uq_missed_search_mark")),
    )
    listed = sa.text("words IS NOT NULL")
    op.create_index(
        "ix_missed_search_last_month_id",
        MISSED,
        ["last_month", "id"],
        sqlite_where=listed,
        postgresql_where=listed,
    )
    op.create_table(
        BY,
        sa.Column("missed_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=22), nullable=False),
        sa.Column("month", MONTH, nullable=False),
        sa.ForeignKeyConstraint(
            ["missed_id"], [f"{MISSED}.id"], name=op.f("fk_missed_by_missed_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("missed_id", "mark", name=op.f("pk_missed_by")),
    )


def downgrade() -> None:
    op.drop_table(BY)
    op.drop_table(MISSED)
    op.drop_index("ix_tag_sort_key_id", "tag")
