"""What moderators decide about a member in their space, and objections to it.

On the way back it is lost, with the lines of the log about it: nobody is muted then, and what waited goes on waiting.
"""

import sqlalchemy as sa
from alembic import op

from migrations.allowed_kinds import allow
from migrations.log_lines import forget

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MEASURE, OBJECTION, ACTS, HELD = "space_measure", "measure_objection", "undoable_act", "held_post"


def upgrade() -> None:
    allow(ACTS, "kind", f"ck_{ACTS}_undokind", more=("measure",))
    allow(HELD, "because", f"ck_{HELD}_heldbecause", more=("person",))
    _measures()
    _objections()


def downgrade() -> None:
    for table in (OBJECTION, MEASURE):
        op.drop_table(table)
    forget("warn_member", "hold_member", "mute_member", "end_measure", "keep_measure")
    op.execute(f"DELETE FROM {ACTS} WHERE kind = 'measure'")  # noqa: S608 - constants
    op.execute(f"UPDATE {HELD} SET because = 'everybody' WHERE because = 'person'")  # noqa: S608
    allow(HELD, "because", f"ck_{HELD}_heldbecause", less=("person",))
    allow(ACTS, "kind", f"ck_{ACTS}_undokind", less=("measure",))


def _measures() -> None:
    op.create_table(
        MEASURE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "kind IN ('warn', 'hold', 'mute', 'remove')", name=op.f(f"ck_{MEASURE}_measurekind")
        ),
        _pointing(MEASURE, "space_id", "space", "CASCADE"),
        _pointing(MEASURE, "member_id", "member", "CASCADE"),
        _pointing(MEASURE, "made_by_id", "member", "SET NULL"),
        _pointing(MEASURE, "act_id", ACTS),
        _pointing(MEASURE, "membership_id", "membership", "SET NULL"),
        _pointing(MEASURE, "ended_by_id", "member", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{MEASURE}")),
    )
    op.create_index(f"ix_{MEASURE}_space_id_member_id", MEASURE, ["space_id", "member_id", "id"])
    op.create_index(f"ix_{MEASURE}_member_id", MEASURE, ["member_id", "id"])
    for name in ("act_id", "membership_id"):
        _partial(f"ix_{MEASURE}_{name}", MEASURE, [name], f"{name} IS NOT NULL")


def _objections() -> None:
    op.create_table(
        OBJECTION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(300), nullable=False),
        _pointing(OBJECTION, "measure_id", MEASURE, "CASCADE"),
        _pointing(OBJECTION, "decided_by_id", "member", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{OBJECTION}")),
        sa.UniqueConstraint("measure_id", name=op.f(f"uq_{OBJECTION}_measure_id")),
    )
    _partial(f"ix_{OBJECTION}_made_at", OBJECTION, ["made_at"], "decided_at IS NULL")


def _pointing(table: str, name: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    key = op.f(f"fk_{table}_{name}_{to}")
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=key, ondelete=ondelete)


def _partial(name: str, table: str, columns: list[str], condition: str) -> None:
    only = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
