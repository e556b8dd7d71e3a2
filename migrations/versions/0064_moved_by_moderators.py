"""Threads that moderators move to another space: what of it can be undone, and what their authors are asked before.

On the way back what could be undone no longer can, nobody is asked any more, and the log says nothing of it.
"""

import sqlalchemy as sa
from alembic import op

from migrations.allowed_kinds import allow
from migrations.log_lines import forget

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

ACTS, CHECK = "undoable_act", "ck_undoable_act_undokind"
ROUND, ONE = "agreement_round", "agreement"
MOMENT = sa.DateTime(timezone=True)
AUDIENCES = ("space", "network", "public")
CODES = {
    "from_audience": AUDIENCES,
    "to_audience": AUDIENCES,
    "roundending": ("done", "withdrawn", "overtaken"),
}
COLUMNS = {"roundending": "ending"}


def upgrade() -> None:
    allow(ACTS, "kind", CHECK, more=["move"])
    _rounds()
    op.create_table(
        ONE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        _pointing(ONE, "round_id", ROUND, "CASCADE"),
        _pointing(ONE, "author_id", "member", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("round_id", "author_id", name=op.f("uq_agreement_round_id_author_id")),
    )
    op.create_index("ix_agreement_author_id", ONE, ["author_id"])


def downgrade() -> None:
    op.drop_table(ONE)
    op.drop_table(ROUND)
    forget("move", "move_in")
    op.execute(f"DELETE FROM {ACTS} WHERE kind = 'move'")  # noqa: S608 - constants
    allow(ACTS, "kind", CHECK, less=["move"])


def _rounds() -> None:
    op.create_table(
        ROUND,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("from_space_id", sa.Integer(), nullable=False),
        sa.Column("from_audience", sa.String(24), nullable=False),
        sa.Column("to_space_id", sa.Integer(), nullable=False),
        sa.Column("to_audience", sa.String(24), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ending", sa.String(24), nullable=True),
        *(_coded(name, codes) for name, codes in CODES.items()),
        _pointing(ROUND, "thread_id", "thread", "CASCADE"),
        _pointing(ROUND, "from_space_id", "space", "CASCADE"),
        _pointing(ROUND, "to_space_id", "space", "CASCADE"),
        _pointing(ROUND, "asked_by_id", "member", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_round")),
    )
    only = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_agreement_round_open",
        ROUND,
        ["thread_id"],
        unique=True,
        sqlite_where=only,
        postgresql_where=only,
    )
    for column in ("thread_id", "from_space_id", "to_space_id", "asked_by_id"):
        op.create_index(f"ix_agreement_round_{column}", ROUND, [column])


def _coded(name: str, codes: tuple[str, ...]) -> sa.CheckConstraint:
    column, listed = COLUMNS.get(name, name), ", ".join(f"'{one}'" for one in codes)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{ROUND}_{name}"))


def _pointing(table: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)
