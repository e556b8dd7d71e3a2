"""What published lessons do not know, question by question; lessons in cahiers; the log has a kind more.

What the current versions do not know is filled in. On the way back cahiers, who shares a question, and the lines of the
log about cahiers are lost.
"""

import sqlalchemy as sa
from alembic import op

from migrations.log_kinds import allow

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OLD_LINES = ("hand_over", "note")
UNKNOWN = sa.table(
    "unknown",
    sa.column("lesson_id", sa.Integer),
    sa.column("text", sa.Text),
    sa.column("since_id", sa.Integer),
)
LESSON = sa.table("lesson", sa.column("id", sa.Integer), sa.column("current_id", sa.Integer))
VERSION = sa.table(
    "lesson_version",
    sa.column("id", sa.Integer),
    sa.column("unknowns", sa.Text),
    sa.column("open_questions", sa.JSON),
)


def upgrade() -> None:
    op.add_column("lesson_version", sa.Column("answers", sa.JSON(), nullable=False, server_default="[]"))
    _unknowns()
    _cahiers()
    _fill()
    allow(*OLD_LINES, "cahier")


def downgrade() -> None:
    allow(*OLD_LINES)
    for table in ("cahier_lesson", "cahier", "unknown_sharing", "unknown"):
        op.drop_table(table)
    op.drop_column("lesson_version", "answers")


def _unknowns() -> None:
    op.create_table(
        "unknown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since_id", sa.Integer(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        _key("unknown", "lesson_id", "lesson.id"),
        _key("unknown", "since_id", "lesson_version.id"),
        _key("unknown", "answered_by_id", "lesson_version.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unknown")),
    )
    op.create_index("ix_unknown_lesson_id", "unknown", ["lesson_id"])
    op.create_index("ix_unknown_since_id", "unknown", ["since_id"])
    answered = sa.text("answered_by_id IS NOT NULL")
    op.create_index(
        "ix_unknown_answered_by_id",
        "unknown",
        ["answered_by_id"],
        sqlite_where=answered,
        postgresql_where=answered,
    )
    op.create_table(
        "unknown_sharing",
        sa.Column("unknown_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("capacity_id", sa.Integer(), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        _key("unknown_sharing", "unknown_id", "unknown.id"),
        _key("unknown_sharing", "member_id", "member.id"),
        sa.ForeignKeyConstraint(
            ["capacity_id"], ["capacity.id"], name=op.f("fk_unknown_sharing_capacity_id")
        ),
        sa.PrimaryKeyConstraint("unknown_id", "member_id", name=op.f("pk_unknown_sharing")),
    )
    op.create_index("ix_unknown_sharing_member_id", "unknown_sharing", ["member_id"])
    op.create_index("ix_unknown_sharing_capacity_id", "unknown_sharing", ["capacity_id"])


def _cahiers() -> None:
    op.create_table(
        "cahier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("render_version", sa.SmallInteger(), nullable=False),
        sa.Column("audience", sa.String(24), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["editor_id"], ["member.id"], name=op.f("fk_cahier_editor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cahier")),
        sa.UniqueConstraint("slug", name=op.f("uq_cahier_slug")),
    )
    op.create_table(
        "cahier_lesson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cahier_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        _key("cahier_lesson", "cahier_id", "cahier.id"),
        _key("cahier_lesson", "lesson_id", "lesson.id"),
        _key("cahier_lesson", "version_id", "lesson_version.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cahier_lesson")),
        sa.UniqueConstraint("cahier_id", "lesson_id", name=op.f("uq_cahier_lesson_cahier_id_lesson_id")),
    )
    op.create_index("ix_cahier_lesson_lesson_id", "cahier_lesson", ["lesson_id"])
    op.create_index("ix_cahier_lesson_version_id", "cahier_lesson", ["version_id"])


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def _fill() -> None:
    """Each line of what a current version does not know, and each question of a note, is a question of its lesson."""
    connection, last = op.get_bind(), 0
    columns = (LESSON.c.id, VERSION.c.id.label("version_id"), VERSION.c.unknowns, VERSION.c.open_questions)
    current = sa.select(*columns).join(VERSION, VERSION.c.id == LESSON.c.current_id).order_by(LESSON.c.id)
    while rows := connection.execute(current.where(LESSON.c.id > last).limit(500)).all():
        last = rows[-1].id
        lines = [
            {"lesson_id": row.id, "text": line, "since_id": row.version_id}
            for row in rows
            for line in dict.fromkeys(
                one.strip() for one in (*row.unknowns.splitlines(), *row.open_questions)
            )
            if line
        ]
        if lines:
            op.bulk_insert(UNKNOWN, lines)
