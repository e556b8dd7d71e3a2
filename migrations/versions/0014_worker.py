"""Lanes, claims and the point of no return of mail; recurring work; backups, drills and restored copies.

Mail of the kinds that nobody waits for leaves the direct lane, and on the way back returns to where it was.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
# The oldest code that can serve the database as this migration leaves it: see migrations/env.py.
serves_from = "0014"

MAIL = "outgoing_mail"
LANES = ("direct", "bulk"), ("direct", "notice", "bulk", "slow")
STATES = (
    ("queued", "sending", "sent", "failed", "cancelled"),
    ("queued", "sending", "sent", "failed", "cancelled", "uncertain"),
)
NOTICES = "('join_request', 'join_answered', 'lesson_returned', 'drafts_lapse')"
TIMES = ("due_at", "failing_since", "handed_over_at", "uncertain_at")


def upgrade() -> None:
    for column in TIMES:
        op.add_column(MAIL, _time(column, nullable=True))
    op.add_column(MAIL, sa.Column("claimed_by", sa.String(60), nullable=True))
    _allow(0, 1)
    op.execute(f"UPDATE {MAIL} SET due_at = created_at")  # noqa: S608 - constants of this file
    op.execute(f"UPDATE {MAIL} SET lane = 'notice' WHERE kind = 'cited' OR kind IN {NOTICES}")  # noqa: S608
    op.execute(f"UPDATE {MAIL} SET failing_since = created_at WHERE state = 'queued' AND attempts > 0")  # noqa: S608
    # What a worker of before claimed waits for one that says who it is.
    op.execute(f"UPDATE {MAIL} SET handed_over_at = claimed_at WHERE state = 'sending'")  # noqa: S608
    with op.batch_alter_table("heartbeat") as batch:
        batch.alter_column("name", type_=sa.String(60), existing_type=sa.String(40), existing_nullable=False)
        batch.add_column(_time("started_at", nullable=True))
        batch.add_column(sa.Column("lanes", sa.String(60), nullable=False, server_default=""))
    op.create_index("ix_outgoing_mail_sent_at", MAIL, ["sent_at"])
    _require_due_at()
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "recurring_work",
        sa.Column("name", sa.String(40), nullable=False),
        _time("last_at", nullable=True),
        _time("next_at"),
        sa.Column("claimed_by", sa.String(60), nullable=True),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_recurring_work")),
    )
    op.create_table(
        "maintenance_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("maintenancekind", "backup", "drill"), nullable=False),
        _time("at"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_record")),
    )
    op.create_index("ix_maintenance_record_kind_at", "maintenance_record", ["kind", "at"])
    op.create_table(
        "restored_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        _time("backup_made_at"),
        _time("restored_at"),
        _time("released_at", nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_restored_copy_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restored_copy")),
    )
    op.create_table(
        "schema_fit",
        sa.Column("revision", sa.String(32), nullable=False),
        sa.Column("serves_from", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_schema_fit")),
    )


def downgrade() -> None:
    for table in ("schema_fit", "restored_copy", "maintenance_record", "recurring_work"):
        op.drop_table(table)
    op.drop_index("ix_outgoing_mail_sent_at", table_name=MAIL)
    # Names of workers are longer now, and nobody needs those that ended.
    op.execute("DELETE FROM heartbeat WHERE length(name) > 40")
    with op.batch_alter_table("heartbeat") as batch:
        batch.drop_column("lanes")
        batch.drop_column("started_at")
        batch.alter_column("name", type_=sa.String(40), existing_type=sa.String(60), existing_nullable=False)
    op.execute(f"UPDATE {MAIL} SET state = 'failed' WHERE state = 'uncertain'")  # noqa: S608 - as above
    op.execute(f"UPDATE {MAIL} SET lane = 'direct' WHERE lane = 'notice' AND kind <> 'cited'")  # noqa: S608
    op.execute(f"UPDATE {MAIL} SET lane = 'bulk' WHERE lane IN ('notice', 'slow')")  # noqa: S608
    _allow(1, 0)
    for column in (*TIMES, "claimed_by"):
        op.execute(f"ALTER TABLE {MAIL} DROP COLUMN {column}")


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _choice(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=24)


def _check(column: str, codes: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(code) for code in codes)})"


def _allow(before: int, after: int) -> None:
    """Let lane and state have the codes of after."""
    changes = {
        name: (_check(column, codes[before]), _check(column, codes[after]))
        for name, column, codes in (("lane", "lane", LANES), ("mailstate", "state", STATES))
    }
    if op.get_bind().dialect.name == "sqlite":
        _rewrite({f"CHECK ({old})": f"CHECK ({new})" for old, new in changes.values()})
        return
    for name, (_old, new) in changes.items():
        op.drop_constraint(op.f(f"ck_{MAIL}_{name}"), MAIL, type_="check")
        op.create_check_constraint(op.f(f"ck_{MAIL}_{name}"), MAIL, new)


def _require_due_at() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rewrite({"due_at DATETIME": "due_at DATETIME NOT NULL"})
    else:
        op.alter_column(MAIL, "due_at", nullable=False)


def _rewrite(changes: dict[str, str]) -> None:
    """SQLite changes no constraint: the table is written anew, then its indexes as they were."""
    connection = op.get_bind()
    made = connection.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :mail AND sql IS NOT NULL"),
        {"mail": MAIL},
    ).all()
    (table,) = [sql for kind, sql in made if kind == "table"]
    renamed, names = re.subn(rf'^CREATE TABLE "?{MAIL}"?', f"CREATE TABLE {MAIL}_new", table)
    for before, after in changes.items():
        if table.count(before) != 1 or names != 1:
            raise RuntimeError(f"the table {MAIL} is not as the migrations made it: {before}")
        renamed = renamed.replace(before, after)
    connection.exec_driver_sql(renamed)
    columns = ", ".join(column["name"] for column in sa.inspect(connection).get_columns(f"{MAIL}_new"))
    op.execute(f"INSERT INTO {MAIL}_new ({columns}) SELECT {columns} FROM {MAIL}")  # noqa: S608 - as above
    op.execute(f"DROP TABLE {MAIL}")
    op.execute(f"ALTER TABLE {MAIL}_new RENAME TO {MAIL}")
    for kind, sql in made:
        if kind != "table":
            connection.exec_driver_sql(sql)
