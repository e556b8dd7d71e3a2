"""Where a thread stands: versions, their sentences, the posts that these cite, and who else may write one."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "summary_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        *_pointers("summary_version", {"thread_id": ("thread", "CASCADE"), "editor_id": ("member", None)}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_version")),
        sa.UniqueConstraint("thread_id", "number", name=op.f("uq_summary_version_thread_id_number")),
    )
    op.create_table(
        "summary_sentence",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        *_pointers("summary_sentence", {"version_id": ("summary_version", "CASCADE")}),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_summary_sentence")),
    )
    op.create_table(
        "summary_citation",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id", "position"],
            ["summary_sentence.version_id", "summary_sentence.position"],
            name=op.f("fk_summary_citation_version_id_position"),
            ondelete="CASCADE",
        ),
        *_pointers("summary_citation", {"post_id": ("post", "CASCADE")}),
        sa.PrimaryKeyConstraint("version_id", "position", "post_id", name=op.f("pk_summary_citation")),
    )
    op.create_index(op.f("ix_summary_citation_post_id"), "summary_citation", ["post_id"])
    op.create_table(
        "summary_keeper",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        *_pointers(
            "summary_keeper",
            {
                "thread_id": ("thread", "CASCADE"),
                "member_id": ("member", "CASCADE"),
                "asked_by_id": ("member", "SET NULL"),
            },
        ),
        sa.PrimaryKeyConstraint("thread_id", "member_id", name=op.f("pk_summary_keeper")),
    )
    op.create_index(op.f("ix_summary_keeper_member_id"), "summary_keeper", ["member_id"])


def downgrade() -> None:
    for table in ("summary_keeper", "summary_citation", "summary_sentence", "summary_version"):
        op.drop_table(table)


def _pointers(table: str, columns: dict[str, tuple[str, str | None]]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=gone)
        for column, (to, gone) in columns.items()
    ]
