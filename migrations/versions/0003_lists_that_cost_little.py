"""What lists ask, kept at write time or in the order in which it is read.

`thread_city` says when a city last spoke in a thread; `library_count` how many lessons each filter of the library
holds, for each audience (`flask lesson recount` fills it as well). The indexes hold lists in their own order, so that a
page reads as many rows as it shows, however large the network.
"""

import json
from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WAITING = "answered_at IS NULL AND locked_at IS NULL AND hidden_at IS NULL AND withdrawn_at IS NULL"
CURRENT = "ended_at IS NULL"
INDEXES = (  # name, table, columns, the condition on its rows
    ("ix_thread_waiting", "thread", ("last_post_at", "id"), WAITING),
    ("ix_thread_space_id_waiting", "thread", ("space_id", "last_post_at", "id"), WAITING),
    ("ix_membership_space_id_since_at_id", "membership", ("space_id", "since_at", "id"), CURRENT),
    ("ix_lesson_changed_at_id", "lesson", ("changed_at", "id"), None),
    ("ix_lesson_space_id_changed_at_id", "lesson", ("space_id", "changed_at", "id"), None),
)
COUNTED = ("space_id", "audience", "filter", "value", "number")
LESSONS = """
SELECT lesson.space_id, lesson.audience, lesson_version.axis, lesson_version.outcome, lesson_version.needs,
       lesson_version.cities
FROM lesson JOIN lesson_version ON lesson_version.id = lesson.current_id
"""
FILL = """
INSERT INTO thread_city (thread_id, city, said_at)
SELECT post.thread_id, capacity.city, max(post.created_at)
FROM post JOIN capacity ON capacity.id = post.capacity_id
WHERE post.hidden_at IS NULL AND post.deleted_at IS NULL AND capacity.city IS NOT NULL
GROUP BY post.thread_id, capacity.city
"""


def _count_library() -> None:
    """Count the published lessons by audience, of each space and of the whole network (no space)."""
    connection = op.get_bind()
    counted: Counter[tuple[int | None, str, str, str]] = Counter()
    for audience in ("space", "network", "public"):
        counted[None, audience, "total", ""] = 0
    for space_id, audience, axis, outcome, needs, cities in connection.execute(sa.text(LESSONS)):
        values = [("total", ""), ("axis", axis), ("outcome", outcome)]
        for name, codes in (("need", needs), ("city", cities)):
            values += [(name, code) for code in (json.loads(codes) if isinstance(codes, str) else codes)]
        for place in (space_id, None):
            counted.update((place, audience, name, value) for name, value in values)
    table = sa.table("library_count", *(sa.column(name) for name in COUNTED))
    rows = [dict(zip(COUNTED, (*key, number), strict=True)) for key, number in counted.items()]
    connection.execute(sa.insert(table), rows)


def upgrade() -> None:
    op.create_table(
        "thread_city",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=20), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_city_thread_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("thread_id", "city", name=op.f("pk_thread_city")),
    )
    op.execute(FILL)
    op.create_index("ix_thread_city_city_said_at_thread_id", "thread_city", ["city", "said_at", "thread_id"])
    op.create_table(
        "library_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column(
            "audience",
            sa.Enum(
                "space",
                "network",
                "public",
                name="audience",
                native_enum=False,
                length=24,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("filter", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_library_count_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_count")),
    )
    op.create_index("ix_library_count_space_id_audience", "library_count", ["space_id", "audience"])
    _count_library()
    for name, table, columns, condition in INDEXES:
        rows = sa.text(condition) if condition else None
        op.create_index(name, table, list(columns), sqlite_where=rows, postgresql_where=rows)
    op.drop_index("ix_lesson_space_id", table_name="lesson")


def downgrade() -> None:
    op.create_index("ix_lesson_space_id", "lesson", ["space_id"])
    for name, table, _columns, _condition in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    op.drop_table("library_count")
    op.drop_index("ix_thread_city_city_said_at_thread_id", table_name="thread_city")
    op.drop_table("thread_city")
