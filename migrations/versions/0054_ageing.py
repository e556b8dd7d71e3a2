"""Whether a lesson still holds: asked, said, and contradicted by readers; on the way back that is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

SIGNAL, LESSON = "lesson_signal", "lesson"
COLUMNS = ("affirmed_at", "asked_for", "overdue_for", "fresh")


def upgrade() -> None:
    op.create_table(
        SIGNAL,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("capacity_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        _pointing("lesson_id", LESSON, "CASCADE"),
        _pointing("author_id", "member"),
        _pointing("capacity_id", "capacity"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SIGNAL}")),
    )
    op.create_index(f"ix_{SIGNAL}_lesson_id_id", SIGNAL, ["lesson_id", "id"])
    op.create_index(f"ix_{SIGNAL}_author_id", SIGNAL, ["author_id"])
    _partial(f"ix_{SIGNAL}_open", SIGNAL, ["lesson_id", "author_id"], "answered_at IS NULL", unique=True)
    _partial(f"ix_{SIGNAL}_capacity_id", SIGNAL, ["capacity_id"], "capacity_id IS NOT NULL")
    op.add_column(LESSON, sa.Column("affirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(LESSON, sa.Column("asked_for", sa.Date(), nullable=True))
    op.add_column(LESSON, sa.Column("overdue_for", sa.Date(), nullable=True))
    # Lessons that are due sink within the hour, by the calendar.
    op.add_column(LESSON, sa.Column("fresh", sa.SmallInteger(), nullable=False, server_default="1"))
    _partial(f"ix_{LESSON}_fresh", LESSON, ["fresh", "changed_at", "id"], "current_id IS NOT NULL")
    _partial(f"ix_{LESSON}_review_on", LESSON, ["review_on", "id"], "current_id IS NOT NULL")


def downgrade() -> None:
    for name in ("review_on", "fresh"):
        op.drop_index(f"ix_{LESSON}_{name}", table_name=LESSON)
    for name in COLUMNS:
        op.execute(f"ALTER TABLE {LESSON} DROP COLUMN {name}")
    op.drop_table(SIGNAL)


def _pointing(name: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    key = op.f(f"fk_{SIGNAL}_{name}_{to}")
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=key, ondelete=ondelete)


def _partial(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    only = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)
