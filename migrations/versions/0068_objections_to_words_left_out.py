"""Objections of authors to words that a moderator left out of their post.

On the way back they are lost, with the lines of the log about them.
"""

import sqlalchemy as sa
from alembic import op

from migrations.log_lines import forget

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

TABLE = "sealing_objection"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sealing_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(300), nullable=False),
        _pointing("sealing_id", "sealing", "CASCADE"),
        _pointing("decided_by_id", "member", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("sealing_id", name=op.f(f"uq_{TABLE}_sealing_id")),
    )
    only = sa.text("decided_at IS NULL")
    op.create_index(f"ix_{TABLE}_made_at", TABLE, ["made_at"], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_table(TABLE)
    forget("keep_left_out", "lift_leaving_out")


def _pointing(name: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    key = op.f(f"fk_{TABLE}_{name}_{to}")
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=key, ondelete=ondelete)
