"""Members have keys for feeds of what they may read."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLE = "feed_key"
WITHOUT, WITH = sa.text("space_id IS NULL"), sa.text("space_id IS NOT NULL")


def upgrade() -> None:
    kinds = sa.Enum(
        "lessons", "threads", "space", native_enum=False, length=24, name="feedkind", create_constraint=True
    )
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("password_stamp", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'space') = (space_id IS NOT NULL)", name=op.f("ck_feed_key_space_has_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_feed_key_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_feed_key_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_key")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_feed_key_secret_digest")),
    )
    for name, columns, unique, condition in (
        ("uq_feed_key_of_network", ["member_id", "kind"], True, WITHOUT),
        ("uq_feed_key_of_space", ["member_id", "space_id"], True, WITH),
        ("ix_feed_key_space_id", ["space_id"], False, WITH),
    ):
        op.create_index(
            name, TABLE, columns, unique=unique, sqlite_where=condition, postgresql_where=condition
        )


def downgrade() -> None:
    op.drop_table(TABLE)
