"""Who answers for an invitation stands beside who invited, which stays as it was when somebody takes it over.

On the way back whoever answers for it has invited, as code of before reads it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLE, MAIL = "invitation", "outgoing_mail"
INVITED, RESPONSIBLE = "invited_by_id", "responsible_id"
FOREIGN = "CONSTRAINT fk_invitation_{0} FOREIGN KEY({0}) REFERENCES member (id) ON DELETE {1}"
# How the table says it on SQLite, before and after.
COLUMNS = (f"{INVITED} INTEGER NOT NULL", f"{INVITED} INTEGER, {RESPONSIBLE} INTEGER NOT NULL")
KEYS = (
    FOREIGN.format(INVITED, "CASCADE"),
    f"{FOREIGN.format(INVITED, 'SET NULL')}, {FOREIGN.format(RESPONSIBLE, 'CASCADE')}",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rewrite({RESPONSIBLE: INVITED}, COLUMNS, KEYS)
    else:
        op.add_column(TABLE, sa.Column(RESPONSIBLE, sa.Integer(), nullable=True))
        op.execute(f"UPDATE {TABLE} SET {RESPONSIBLE} = {INVITED}")  # noqa: S608 - constants
        op.alter_column(TABLE, RESPONSIBLE, nullable=False)
        op.alter_column(TABLE, INVITED, nullable=True)
        _point(INVITED, "SET NULL")
        op.execute(f"ALTER TABLE {TABLE} ADD {FOREIGN.format(RESPONSIBLE, 'CASCADE')}")
    for column in (INVITED, RESPONSIBLE):
        op.create_index(op.f(f"ix_invitation_{column}"), TABLE, [column])


def downgrade() -> None:
    for column in (INVITED, RESPONSIBLE):
        op.drop_index(op.f(f"ix_invitation_{column}"), table_name=TABLE)
    if op.get_bind().dialect.name == "sqlite":
        _rewrite({INVITED: RESPONSIBLE}, COLUMNS[::-1], KEYS[::-1])
        return
    op.execute(f"UPDATE {TABLE} SET {INVITED} = {RESPONSIBLE}")  # noqa: S608 - constants
    op.drop_column(TABLE, RESPONSIBLE)
    op.alter_column(TABLE, INVITED, nullable=False)
    _point(INVITED, "CASCADE")


def _point(column: str, on_delete: str) -> None:
    op.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT fk_invitation_{column}")
    op.execute(f"ALTER TABLE {TABLE} ADD {FOREIGN.format(column, on_delete)}")


def _rewrite(filled: dict[str, str], *changes: tuple[str, str]) -> None:
    """SQLite changes no column: the table is written anew, `filled` from others, then its indexes as they were."""
    connection = op.get_bind()
    made = connection.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :name AND sql IS NOT NULL"),
        {"name": TABLE},
    ).all()
    (table,) = [sql for what, sql in made if what == "table"]
    for before, after in ((f"CREATE TABLE {TABLE}", f"CREATE TABLE {TABLE}_new"), *changes):
        table = table.replace(f'"{TABLE}"', TABLE)
        if table.count(before) != 1:
            raise RuntimeError(f"the table {TABLE} is not as the migrations made it")
        table = table.replace(before, after)
    connection.exec_driver_sql(table)
    names = [column["name"] for column in sa.inspect(connection).get_columns(f"{TABLE}_new")]
    values = ", ".join(filled.get(name, name) for name in names)
    op.execute(f"INSERT INTO {TABLE}_new ({', '.join(names)}) SELECT {values} FROM {TABLE}")  # noqa: S608
    # The mail about invitations is put aside: SQLite deletes what points at a table that is dropped.
    op.execute(f"CREATE TABLE mail_aside AS SELECT * FROM {MAIL} WHERE invitation_id IS NOT NULL")  # noqa: S608
    op.execute(f"DELETE FROM {MAIL} WHERE invitation_id IS NOT NULL")  # noqa: S608 - constants
    op.execute(f"DROP TABLE {TABLE}")
    op.execute(f"ALTER TABLE {TABLE}_new RENAME TO {TABLE}")
    op.execute(f"INSERT INTO {MAIL} SELECT * FROM mail_aside")  # noqa: S608 - constants
    op.execute("DROP TABLE mail_aside")
    for what, sql in made:
        if what != "table":
            connection.exec_driver_sql(sql)
