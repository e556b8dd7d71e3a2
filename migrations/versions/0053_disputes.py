"""Counter-evidence against a claim, and what those behind the claim reply; on the way back it is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

EVIDENCE, REPLY, LESSON = "counter_evidence", "evidence_reply", "lesson"


def upgrade() -> None:
    op.create_table(
        EVIDENCE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("claim_root", sa.Integer(), nullable=False),
        sa.Column("claim_text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("capacity_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("declined_because", sa.String(300), nullable=False),
        sa.Column("next_answer", sa.String(300), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(300), nullable=False),
        sa.Column("ended_in", sa.String(12), nullable=True),
        _pointing(EVIDENCE, "lesson_id", LESSON, "CASCADE"),
        _pointing(EVIDENCE, "author_id", "member"),
        _pointing(EVIDENCE, "capacity_id", "capacity"),
        _pointing(EVIDENCE, "post_id", "post"),
        _pointing(EVIDENCE, "report_id", "adoption_report", "SET NULL"),
        _pointing(EVIDENCE, "decided_by_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{EVIDENCE}")),
    )
    op.create_index(f"ix_{EVIDENCE}_lesson_id_id", EVIDENCE, ["lesson_id", "id"])
    op.create_index(f"ix_{EVIDENCE}_author_id", EVIDENCE, ["author_id"])
    _partial(f"ix_{EVIDENCE}_waiting", EVIDENCE, ["made_at", "id"], "decided_at IS NULL")
    for name in ("capacity_id", "report_id"):
        _partial(f"ix_{EVIDENCE}_{name}", EVIDENCE, [name], f"{name} IS NOT NULL")
    op.create_table(
        REPLY,
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        _pointing(REPLY, "evidence_id", EVIDENCE, "CASCADE"),
        _pointing(REPLY, "author_id", "member"),
        sa.PrimaryKeyConstraint("evidence_id", "author_id", name=op.f(f"pk_{REPLY}")),
    )
    op.create_index(f"ix_{REPLY}_author_id", REPLY, ["author_id"])
    op.add_column(LESSON, sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True))
    _partial(f"ix_{LESSON}_disputed_at", LESSON, ["disputed_at"], "disputed_at IS NOT NULL")


def downgrade() -> None:
    op.drop_index(f"ix_{LESSON}_disputed_at", table_name=LESSON)
    op.execute(f"ALTER TABLE {LESSON} DROP COLUMN disputed_at")
    op.drop_table(REPLY)
    op.drop_table(EVIDENCE)


def _pointing(table: str, name: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    key = op.f(f"fk_{table}_{name}_{to}")
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=key, ondelete=ondelete)


def _partial(name: str, table: str, columns: list[str], condition: str) -> None:
    only = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
