"""What a moderator holds can be handed over; a lesson keeps whose it was before; the log has a kind of line for it.

On the way back such lines of the log and all offers go, and a lesson no longer knows whose it was before: sealed
versions then stand in the name of who makes it now. While such a lesson is in review there is no way back, as who made
it before could check it then.
"""

import sqlalchemy as sa
from alembic import op

from migrations.log_kinds import allow

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLE, MOMENT = "hand_over", sa.DateTime(timezone=True)
OPEN = sa.text("ended_at IS NULL")
PASSED_ON = "state = 'in_review' AND CAST(earlier_curators AS TEXT) <> '[]'"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column("offered_by_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ending", sa.String(24), nullable=True),
        sa.CheckConstraint(
            "ending IN ('accepted', 'declined', 'withdrawn', 'over')", name=op.f("ck_hand_over_ending")
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_hand_over_space_id"), ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["member.id"], name=op.f(f"fk_hand_over_{column}"), ondelete="CASCADE"
            )
            for column in ("giver_id", "successor_id", "offered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    op.create_index(
        "uq_hand_over_open",
        TABLE,
        ["kind", "piece_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_hand_over_successor_id", TABLE, ["successor_id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_hand_over_space_id", TABLE, ["space_id"])
    accepted = sa.text("ending = 'accepted'")
    op.create_index(
        "ix_hand_over_accepted",
        TABLE,
        ["kind", "piece_id"],
        sqlite_where=accepted,
        postgresql_where=accepted,
    )
    op.add_column("lesson", sa.Column("earlier_curators", sa.JSON(), nullable=False, server_default="[]"))
    allow("hand_over")


def downgrade() -> None:
    waiting = op.get_bind().scalar(sa.text(f"SELECT count(*) FROM lesson WHERE {PASSED_ON}"))  # noqa: S608 - a constant
    if waiting:
        raise RuntimeError(
            f"{waiting} lessons that were handed over are in review: publish or return them before you go back"
        )
    allow()
    op.drop_column("lesson", "earlier_curators")
    op.drop_table(TABLE)
