"""Readers report posts, moderators settle that, authors object to a hidden post, and a space has a deputy.

On the way back all of it is lost, and so are the lines of the log about it. What was hidden stays hidden.
"""

import sqlalchemy as sa
from alembic import op

from migrations.log_lines import forget

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
REPORT, SETTLEMENT, OBJECTION, DEPUTY = "post_report", "post_settlement", "post_objection", "space_deputy"
ACTS = "undoable_act"
OLD_ACTS = ("narrow", "hide", "take_back", "bookmark", "hide_revision", "note", "remove", "confirm", "end")
REASONS = ("identifies", "hurtful", "wrong", "off_topic", "spam", "other")
OUTCOMES = ("hidden", "asked", "left", "taken_back")


def upgrade() -> None:
    _allow_acts((*OLD_ACTS, "settle"))
    _reports()
    _objections()
    _deputies()


def downgrade() -> None:
    for table in (DEPUTY, OBJECTION, REPORT, SETTLEMENT):
        op.drop_table(table)
    forget("settle_report", "reopen_report", "ask_change", "keep_hidden", "deputy")
    op.execute(f"DELETE FROM {ACTS} WHERE kind = 'settle'")  # noqa: S608 - constants
    _allow_acts(OLD_ACTS)


def _reports() -> None:
    op.create_table(
        SETTLEMENT,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        _among(SETTLEMENT, "outcome", "reportoutcome", OUTCOMES),
        _key(SETTLEMENT, "post_id", "post", "CASCADE"),
        _key(SETTLEMENT, "settled_by_id", "member", "SET NULL"),
        _key(SETTLEMENT, "act_id", ACTS),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SETTLEMENT}")),
    )
    _index(SETTLEMENT, ["post_id"])
    _index(SETTLEMENT, ["act_id"])
    op.create_table(
        REPORT,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reported_at", MOMENT, nullable=False),
        sa.Column("settlement_id", sa.Integer(), nullable=True),
        _among(REPORT, "reason", "reportreason", REASONS),
        _key(REPORT, "post_id", "post", "CASCADE"),
        _key(REPORT, "reporter_id", "member", "SET NULL"),
        _key(REPORT, "settlement_id", SETTLEMENT),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{REPORT}")),
    )
    _index(REPORT, ["post_id"])
    _index(REPORT, ["reporter_id", "reported_at", "id"])
    _index(REPORT, ["settlement_id"], only="settlement_id IS NOT NULL")
    _index(REPORT, ["post_id", "reported_at"], f"ix_{REPORT}_waiting", only="settlement_id IS NULL")
    one = sa.text("settlement_id IS NULL AND reporter_id IS NOT NULL")
    _unique(f"uq_{REPORT}_open", REPORT, ["post_id", "reporter_id"], one)


def _objections() -> None:
    op.create_table(
        OBJECTION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("hidden_at", MOMENT, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("restored", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        _key(OBJECTION, "post_id", "post", "CASCADE"),
        _key(OBJECTION, "author_id", "member"),
        _key(OBJECTION, "decided_by_id", "member", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{OBJECTION}")),
    )
    _index(OBJECTION, ["post_id", "made_at"])
    _index(OBJECTION, ["author_id"])
    _unique(f"uq_{OBJECTION}_open", OBJECTION, ["post_id"], sa.text("decided_at IS NULL"))


def _deputies() -> None:
    op.create_table(
        DEPUTY,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=True),
        sa.Column("named_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        _key(DEPUTY, "space_id", "space", "CASCADE"),
        _key(DEPUTY, "member_id", "member", "CASCADE"),
        _key(DEPUTY, "named_by_id", "member", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{DEPUTY}")),
    )
    _index(DEPUTY, ["space_id"])
    _index(DEPUTY, ["member_id"])
    _unique(f"uq_{DEPUTY}_current", DEPUTY, ["space_id"], sa.text("ended_at IS NULL"))


def _among(table: str, column: str, name: str, codes: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{code}'" for code in codes)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{name}"))


def _key(table: str, column: str, to: str, gone: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=gone)


def _index(table: str, columns: list[str], name: str | None = None, only: str | None = None) -> None:
    where = sa.text(only) if only else None
    name = name or f"ix_{table}_{'_'.join(columns)}"
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _unique(name: str, table: str, columns: list[str], only: sa.TextClause) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=only, postgresql_where=only)


def _allow_acts(codes: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{one}'" for one in codes)
    with op.batch_alter_table(ACTS) as batch:
        batch.drop_constraint(op.f(f"ck_{ACTS}_undokind"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{ACTS}_undokind"), f"kind IN ({allowed})")
