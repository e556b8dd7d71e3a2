"""Words of names are looked up by themselves: many functions begin alike."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

INDEX = "ix_member_word_source_word_member_id"


def upgrade() -> None:
    op.create_index(INDEX, "member_word", ["source", "word", "member_id"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="member_word")
