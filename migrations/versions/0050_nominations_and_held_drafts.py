"""Members nominate threads, a draft is in somebody's hands for two weeks, and threads ripe for a lesson are found."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

LESSON, NOMINATION = "lesson", "nomination"
MOMENT = sa.DateTime(timezone=True)
ENDS = ("taken_up", "closed")
POINTERS = {
    "thread_id": ("thread", "CASCADE"),
    "member_id": ("member", "CASCADE"),
    "ended_by_id": ("member", "SET NULL"),
}
DEPUTY = "INTEGER CONSTRAINT fk_lesson_deputy_id REFERENCES member (id)"
# Written as the model has them, or the planner would not know the condition again.
OF_CITIES = (
    "json_array_length(cities) > 1 AND locked_at IS NULL AND hidden_at IS NULL AND withdrawn_at IS NULL"
)
TELLING = "(kind = 'application' OR kind = 'objection') AND hidden_at IS NULL AND deleted_at IS NULL"
# Two weeks from the day on which each draft was saved last.
HOLD = """
    UPDATE lesson SET held_until = (SELECT {held} FROM lesson_version v WHERE v.id = lesson.working_id)
    WHERE working_id IS NOT NULL
"""
HELD = {
    "sqlite": "date(v.saved_at, '+14 days')",
    "postgresql": "CAST(v.saved_at AT TIME ZONE 'UTC' AS DATE) + 14",
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.execute(f"ALTER TABLE {LESSON} ADD COLUMN deputy_id {DEPUTY}")
    op.add_column(LESSON, sa.Column("held_until", sa.Date(), nullable=True))
    op.execute(HOLD.format(held=HELD[dialect]))
    _index("ix_lesson_deputy_id", LESSON, ["deputy_id"], "deputy_id IS NOT NULL")
    _index("ix_thread_space_id_of_cities", "thread", ["space_id", "last_post_at", "id"], OF_CITIES)
    _index("ix_post_telling", "post", ["thread_id"], TELLING)
    _create_nominations()


def downgrade() -> None:
    op.drop_table(NOMINATION)
    op.drop_index("ix_post_telling", table_name="post")
    op.drop_index("ix_thread_space_id_of_cities", table_name="thread")
    op.drop_index("ix_lesson_deputy_id", table_name=LESSON)
    _forget_deputies()
    op.execute(f"ALTER TABLE {LESSON} DROP COLUMN held_until")
    op.execute(f"ALTER TABLE {LESSON} DROP COLUMN deputy_id")


def _forget_deputies() -> None:
    """Code of before would take somebody who worked on a draft as a deputy for one whose lesson it was."""
    lesson = sa.table(LESSON, sa.column("id"), sa.column("earlier_curators", sa.JSON()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(lesson)).all():
        left = [one for one in row.earlier_curators if not one.get("deputy")]
        if left != row.earlier_curators:
            connection.execute(lesson.update().where(lesson.c.id == row.id).values(earlier_curators=left))


def _create_nominations() -> None:
    listed = ", ".join(f"'{end}'" for end in ENDS)
    op.create_table(
        NOMINATION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("nominated_at", MOMENT, nullable=False),
        sa.Column("ending", sa.String(length=24), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(f"ending IN ({listed})", name=op.f(f"ck_{NOMINATION}_nominationend")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_{NOMINATION}_{column}"), ondelete=gone
            )
            for column, (table, gone) in POINTERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NOMINATION}")),
    )
    op.create_index("ix_nomination_thread_id", NOMINATION, ["thread_id"])
    op.create_index("ix_nomination_member_id", NOMINATION, ["member_id"])
    _index("ix_nomination_ended_by_id", NOMINATION, ["ended_by_id"], "ended_by_id IS NOT NULL")
    open_ = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_nomination_open",
        NOMINATION,
        ["thread_id", "member_id"],
        unique=True,
        sqlite_where=open_,
        postgresql_where=open_,
    )


def _index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
