"""A published lesson can be withdrawn or superseded. On the way back it stands again, as there is no word for that."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

LESSON, ACTS = "lesson", "undoable_act"
OLD_ACTS = ("narrow", "hide", "take_back", "bookmark", "hide_revision", "note", "remove", "confirm")
OTHER = "INTEGER CONSTRAINT fk_lesson_superseded_by_id_lesson REFERENCES lesson (id)"


def upgrade() -> None:
    op.add_column(LESSON, sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(LESSON, sa.Column("ended_as", sa.String(24), nullable=True))
    op.add_column(LESSON, sa.Column("ended_reason", sa.String(300), nullable=False, server_default=""))
    op.execute(f"ALTER TABLE {LESSON} ADD COLUMN superseded_by_id {OTHER}")
    only = sa.text("superseded_by_id IS NOT NULL")
    op.create_index(
        "ix_lesson_superseded_by_id", LESSON, ["superseded_by_id"], sqlite_where=only, postgresql_where=only
    )
    _allow((*OLD_ACTS, "end"))


def downgrade() -> None:
    op.execute(f"DELETE FROM {ACTS} WHERE kind = 'end'")  # noqa: S608 - constants
    _allow(OLD_ACTS)
    op.drop_index("ix_lesson_superseded_by_id", table_name=LESSON)
    for name in ("ended_at", "ended_as", "ended_reason", "superseded_by_id"):
        op.execute(f"ALTER TABLE {LESSON} DROP COLUMN {name}")


def _allow(codes: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{one}'" for one in codes)
    with op.batch_alter_table(ACTS) as batch:
        batch.drop_constraint(op.f(f"ck_{ACTS}_undokind"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{ACTS}_undokind"), f"kind IN ({allowed})")
