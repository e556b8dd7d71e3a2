"""Short responses to the story of a thread."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLE = "thread_response"
MOMENT = sa.DateTime(timezone=True)
KINDS = ("also", "different", "applied")
POINTERS = {
    "thread_id": ("thread", "CASCADE"),
    "member_id": ("member", "CASCADE"),
    "capacity_id": ("capacity", None),
    "hidden_by_id": ("member", "SET NULL"),
}


def upgrade() -> None:
    listed = ", ".join(f"'{kind}'" for kind in KINDS)
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("capacity_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("sentence", sa.String(length=200), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("hidden_at", MOMENT, nullable=True),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.Column("hidden_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(f"kind IN ({listed})", name=op.f(f"ck_{TABLE}_responsekind")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_{TABLE}_{column}"), ondelete=gone
            )
            for column, (table, gone) in POINTERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("thread_id", "member_id", name=op.f(f"uq_{TABLE}_thread_id_member_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_member_id"), TABLE, ["member_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
