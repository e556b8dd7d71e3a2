"""House rules of spaces and the policy of the network, in versions that never change; acts that rest on a rule.

On the way back all of it goes: code of before has no place for it.
"""

import sqlalchemy as sa
from alembic import op

from migrations.log_lines import forget

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

VERSION, RULE, ACCEPTED = "rules_version", "house_rule", "rules_acceptance"
LOG, HELD, LESSON = "moderation_action", "held_post", "lesson_version"
MOMENT = sa.DateTime(timezone=True)
MESSAGE = "a published version of rules never changes"
SEALED, POLICY = "a sealed version never changes", "lesson_version_policy_kept"
SMALL = ("review_months", "answer_days", "cities")


def upgrade() -> None:
    _versions()
    _rules()
    _acceptances()
    for table in (LOG, HELD):
        _point(table, "rule_id", RULE)
    key = f"CONSTRAINT fk_{LESSON}_policy_id REFERENCES {VERSION} (id)"
    op.execute(f"ALTER TABLE {LESSON} ADD COLUMN policy_id INTEGER {key}")
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    forget("rules")
    for table in (HELD, LOG):
        op.drop_index(f"ix_{table}_rule_id", table_name=table)
        op.execute(f"ALTER TABLE {table} DROP COLUMN rule_id")
    is_postgres = op.get_bind().dialect.name == "postgresql"
    op.execute(f"DROP TRIGGER {POLICY}" + (f" ON {LESSON}" if is_postgres else ""))
    op.execute(f"ALTER TABLE {LESSON} DROP COLUMN policy_id")
    for table in (ACCEPTED, RULE, VERSION):
        op.drop_table(table)
    if is_postgres:
        op.execute("DROP FUNCTION refuse_rules_change()")


def _versions() -> None:
    op.create_table(
        VERSION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("changed", sa.String(300), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("published_at", MOMENT, nullable=False),
        *(sa.Column(name, sa.SmallInteger(), nullable=True) for name in SMALL),
        _key(VERSION, "space_id", "space", "CASCADE"),
        _key(VERSION, "author_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{VERSION}")),
    )
    _partial(f"uq_{VERSION}_of_space", VERSION, ["space_id", "number"], "space_id IS NOT NULL")
    _partial(f"uq_{VERSION}_of_network", VERSION, ["number"], "space_id IS NULL")


def _rules() -> None:
    op.create_table(
        RULE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("identity", sa.SmallInteger(), nullable=False),
        sa.Column("heading", sa.String(120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _key(RULE, "version_id", VERSION, "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{RULE}")),
        sa.UniqueConstraint("version_id", "position", name=op.f(f"uq_{RULE}_version_id_position")),
    )


def _acceptances() -> None:
    op.create_table(
        ACCEPTED,
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=False),
        _key(ACCEPTED, "version_id", VERSION, "CASCADE"),
        _key(ACCEPTED, "member_id", "member", "CASCADE"),
        sa.PrimaryKeyConstraint("version_id", "member_id", name=op.f(f"pk_{ACCEPTED}")),
    )
    op.create_index(f"ix_{ACCEPTED}_member_id", ACCEPTED, ["member_id"])


def _point(table: str, name: str, to: str) -> None:
    """Add a column that points at a rule or a version: SQLite writes no table anew for one like this."""
    key = f"CONSTRAINT fk_{table}_{name} REFERENCES {to} (id)"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {name} INTEGER {key}")
    _partial(f"ix_{table}_{name}", table, [name], f"{name} IS NOT NULL", unique=False)


def _key(table: str, name: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    key = op.f(f"fk_{table}_{name}")
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=key, ondelete=ondelete)


def _partial(name: str, table: str, columns: list[str], condition: str, *, unique: bool = True) -> None:
    only = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)


def _guards(dialect: str) -> list[str]:
    """What refuses to change a version or a rule, which go only with their space, and the policy of a lesson."""
    if dialect == "sqlite":
        return [
            f"""CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table}
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
            for table in (VERSION, RULE)
        ] + [
            f"""CREATE TRIGGER {POLICY} BEFORE UPDATE ON {LESSON}
            WHEN OLD.policy_id IS NOT NULL AND NEW.policy_id IS NOT OLD.policy_id
            BEGIN SELECT RAISE(ABORT, '{SEALED}'); END"""
        ]
    return [
        f"""CREATE TRIGGER {POLICY} BEFORE UPDATE ON {LESSON} FOR EACH ROW
        WHEN (OLD.policy_id IS NOT NULL AND NEW.policy_id IS DISTINCT FROM OLD.policy_id)
        EXECUTE FUNCTION refuse_sealed_change()""",
        f"""CREATE FUNCTION refuse_rules_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$""",
        *(
            f"""CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_rules_change()"""
            for table in (VERSION, RULE)
        ),
    ]
