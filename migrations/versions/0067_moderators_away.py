"""Days on which moderators are away. On the way back nobody is, and the log says nothing of it."""

import sqlalchemy as sa
from alembic import op

from migrations.log_lines import forget

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

TABLE = "moderator_absence"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f(f"ck_{TABLE}_days")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f(f"fk_{TABLE}_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f(f"pk_{TABLE}")),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
    forget("away")
