"""Reports of other cities say more and can be gone on with; an editor confirms; what is expected can be sealed.

What is confirmed stays so. On the way back what only these columns held is gone, and an application that was considered
and left is one that did not work: its reason is in its words.
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

REPORT, SEALED, LESSON, ACTS = "adoption_report", "foretelling", "lesson", "undoable_act"
OUTCOMES = ("worked", "adapted", "partly", "running", "failed")
OLD_ACTS = ("narrow", "hide", "take_back", "bookmark", "hide_revision", "note", "remove")
SPOKE, ADVICE = ("before", "during", "no"), ("yes", "depends", "no")
WORDS = ("problem", "what_was_done", "left_out", "differs")
KEPT = ("lesson_id", "author_id", "city", "due_on", "sha256", "sealed_at")
MESSAGE = "a sealed foretelling never changes"
# Words may leave it, all at once and with their salt, when an account is erased.
CHANGED = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in KEPT)
REWORDED = "NEW.expected <> OLD.expected OR NEW.stop_when <> OLD.stop_when OR NEW.salt <> OLD.salt"
EMPTIED = "NEW.expected = '' AND NEW.stop_when = '' AND NEW.salt = ''"
REFUSED = f"{CHANGED} OR (({REWORDED}) AND NOT ({EMPTIED}))"


def upgrade() -> None:
    with op.batch_alter_table(REPORT) as batch:
        for name in WORDS:
            batch.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("spoke", sa.String(24), nullable=True))
        batch.add_column(sa.Column("advice", sa.String(24), nullable=True))
        batch.add_column(sa.Column("changed_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("follows_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("stands", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.create_check_constraint(op.f(f"ck_{REPORT}_spoke"), _one_of("spoke", SPOKE))
        batch.create_check_constraint(op.f(f"ck_{REPORT}_advice"), _one_of("advice", ADVICE))
        batch.create_foreign_key(
            op.f(f"fk_{REPORT}_follows_id_{REPORT}"), REPORT, ["follows_id"], ["id"], ondelete="CASCADE"
        )
    _allow(REPORT, "outcome", "adoptionoutcome", (*OUTCOMES, "not_done"))
    _allow(ACTS, "kind", "undokind", (*OLD_ACTS, "confirm"))
    _partial(f"ix_{REPORT}_follows_id", REPORT, ["follows_id"], "follows_id IS NOT NULL")
    _partial(f"ix_{REPORT}_running", REPORT, ["reported_on", "id"], "outcome = 'running' AND stands")
    op.add_column(LESSON, sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True))
    _partial(f"ix_{LESSON}_ready_at", LESSON, ["ready_at"], "ready_at IS NOT NULL")
    _make_questions()
    _make_foretellings()
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.drop_table(SEALED)
    if postgresql:
        op.execute("DROP FUNCTION refuse_foretelling_change()")
    op.drop_table("report_question")
    op.drop_index(f"ix_{LESSON}_ready_at", table_name=LESSON)
    op.execute(f"ALTER TABLE {LESSON} DROP COLUMN ready_at")
    op.execute(f"DELETE FROM {ACTS} WHERE kind = 'confirm'")  # noqa: S608 - constants
    _allow(ACTS, "kind", "undokind", OLD_ACTS)
    op.execute(f"UPDATE {REPORT} SET outcome = 'failed' WHERE outcome = 'not_done'")  # noqa: S608
    for name in ("running", "follows_id"):
        op.drop_index(f"ix_{REPORT}_{name}", table_name=REPORT)
    _allow(REPORT, "outcome", "adoptionoutcome", OUTCOMES)
    with op.batch_alter_table(REPORT) as batch:
        batch.drop_constraint(op.f(f"fk_{REPORT}_follows_id_{REPORT}"), type_="foreignkey")
        for name in ("spoke", "advice"):
            batch.drop_constraint(op.f(f"ck_{REPORT}_{name}"), type_="check")
        for name in (*WORDS, "spoke", "advice", "changed_on", "follows_id", "stands"):
            batch.drop_column(name)


def _make_questions() -> None:
    op.create_table(
        "report_question",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("months", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        _pointing("report_question", "report_id", REPORT, "CASCADE"),
        sa.PrimaryKeyConstraint("report_id", "months", name=op.f("pk_report_question")),
    )


def _make_foretellings() -> None:
    op.create_table(
        SEALED,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("capacity_id", sa.Integer(), nullable=True),
        sa.Column("city", sa.String(20), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("stop_when", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=name != "sealed_at")
            for name in ("sealed_at", "withdrawn_at", "asked_at")
        ),
        _pointing(SEALED, "lesson_id", LESSON, "CASCADE"),
        _pointing(SEALED, "author_id", "member", None),
        _pointing(SEALED, "capacity_id", "capacity", None),
        _pointing(SEALED, "report_id", REPORT, "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SEALED}")),
        sa.UniqueConstraint("report_id", name=op.f(f"uq_{SEALED}_report_id")),
    )
    for name in ("lesson_id", "author_id"):
        op.create_index(f"ix_{SEALED}_{name}", SEALED, [name])
    _partial(f"ix_{SEALED}_capacity_id", SEALED, ["capacity_id"], "capacity_id IS NOT NULL")
    _partial(f"ix_{SEALED}_unasked", SEALED, ["due_on", "id"], "asked_at IS NULL AND withdrawn_at IS NULL")


def _pointing(table: str, name: str, to: str, ondelete: str | None) -> sa.ForeignKeyConstraint:
    key = op.f(f"fk_{table}_{name}_{to}")
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=key, ondelete=ondelete)


def _partial(name: str, table: str, columns: list[str], condition: str) -> None:
    only = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def _one_of(column: str, codes: tuple[str, ...]) -> str:
    return "{} IN ({})".format(column, ", ".join(f"'{one}'" for one in codes))


def _allow(table: str, column: str, name: str, codes: tuple[str, ...]) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_{name}"), _one_of(column, codes))


def _guards(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [
            f"""CREATE TRIGGER foretelling_sealed BEFORE UPDATE ON {SEALED} WHEN {REFUSED}
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
            f"""CREATE TRIGGER foretelling_kept BEFORE DELETE ON {SEALED}
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
        ]
    return [
        f"""CREATE FUNCTION refuse_foretelling_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$""",
        f"""CREATE TRIGGER foretelling_sealed BEFORE UPDATE ON {SEALED} FOR EACH ROW
        WHEN ({REFUSED}) EXECUTE FUNCTION refuse_foretelling_change()""",
        f"""CREATE TRIGGER foretelling_kept BEFORE DELETE ON {SEALED} FOR EACH ROW
        EXECUTE FUNCTION refuse_foretelling_change()""",
    ]
