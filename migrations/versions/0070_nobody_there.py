"""Who stands in for the moderators of a space, and since when a space has nobody: told once each.

On the way back nobody knows who was told.
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

STAND_IN, UNATTENDED = "stand_in", "unattended_space"
CURRENT = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        STAND_IN,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _points_at(STAND_IN, "space"),
        _points_at(STAND_IN, "member"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{STAND_IN}")),
    )
    _unique(STAND_IN, "space_id", "member_id")
    op.create_index(f"ix_{STAND_IN}_space_id", STAND_IN, ["space_id"])
    op.create_index(f"ix_{STAND_IN}_member_id", STAND_IN, ["member_id"])
    op.create_table(
        UNATTENDED,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _points_at(UNATTENDED, "space"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{UNATTENDED}")),
    )
    _unique(UNATTENDED, "space_id")
    op.create_index(f"ix_{UNATTENDED}_space_id", UNATTENDED, ["space_id"])


def downgrade() -> None:
    op.drop_table(UNATTENDED)
    op.drop_table(STAND_IN)


def _points_at(table: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{other}_id_{other}")
    return sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=name, ondelete="CASCADE")


def _unique(table: str, *columns: str) -> None:
    op.create_index(
        f"uq_{table}_current",
        table,
        list(columns),
        unique=True,
        postgresql_where=CURRENT,
        sqlite_where=CURRENT,
    )
