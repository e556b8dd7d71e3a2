"""When a guest's membership ends, and what an invitation promises of it.

On the way back every guest with an end leaves, and every open invitation with one is withdrawn: code that knows of no
end would let them read for ever. They can be invited again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLES = ("membership", "invitation")
SOON = "ix_membership_ends_at"


def upgrade() -> None:
    moment = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    for table in TABLES:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN ends_at {moment}"
            f" CONSTRAINT ck_{table}_only_guests_end CHECK (ends_at IS NULL OR role = 'guest')"
        )
    op.add_column("membership", sa.Column("end_told_at", sa.DateTime(timezone=True)))
    open_ends = sa.text("ended_at IS NULL AND ends_at IS NOT NULL")
    op.create_index(SOON, "membership", ["ends_at"], sqlite_where=open_ends, postgresql_where=open_ends)


def downgrade() -> None:
    op.execute(
        """UPDATE membership SET ended_at = CASE WHEN ends_at <= CURRENT_TIMESTAMP THEN ends_at
        ELSE CURRENT_TIMESTAMP END WHERE ended_at IS NULL AND ends_at IS NOT NULL"""
    )
    op.execute(
        """UPDATE invitation SET withdrawn_at = CURRENT_TIMESTAMP
        WHERE ends_at IS NOT NULL AND accepted_at IS NULL AND withdrawn_at IS NULL"""
    )
    op.drop_index(SOON, "membership")
    op.execute("ALTER TABLE membership DROP COLUMN end_told_at")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN ends_at")
