"""A thread may have no axis yet.

On the way back each such thread gets the axis that most others of its space have (of a space without any, one that is
the same everywhere), since older code knows no thread without one. That loses something: nothing marks which threads
these are, so afterwards nobody sees that their axis was not chosen; that somebody chose a first axis is forgotten; and
coming forward again takes no axis away. Whoever goes back keeps the list of `SELECT id FROM thread WHERE axis IS NULL`,
made before, for moderators to look at.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

INDEX = "ix_thread_space_id_without_axis"
WITHOUT = sa.text("axis IS NULL")
FREE, REQUIRED = r"\baxis VARCHAR\((\d+)\)(?! NOT NULL)", r"\baxis VARCHAR\((\d+)\) NOT NULL"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _say_of_thread(REQUIRED, r"axis VARCHAR(\1)")
    else:
        op.alter_column("thread", "axis", nullable=True)
    op.create_index(INDEX, "thread", ["space_id"], sqlite_where=WITHOUT, postgresql_where=WITHOUT)


def downgrade() -> None:
    op.drop_index(INDEX, table_name="thread")
    op.execute("DELETE FROM thread_change WHERE part = 'axis' AND before = ''")
    op.execute(
        """UPDATE thread SET axis = COALESCE((
        SELECT other.axis FROM thread AS other WHERE other.space_id = thread.space_id AND other.axis IS NOT NULL
        GROUP BY other.axis ORDER BY COUNT(*) DESC, other.axis LIMIT 1), 'glokale-strategie') WHERE axis IS NULL"""
    )
    if op.get_bind().dialect.name == "sqlite":
        _say_of_thread(FREE, r"axis VARCHAR(\1) NOT NULL")
    else:
        op.alter_column("thread", "axis", nullable=False)


def _say_of_thread(before: str, after: str) -> None:
    """SQLite changes no column, and a new table would take the posts along with the old one: its words are changed.

    So does https://sqlite.org/lang_altertable.html where nothing on the disk changes.
    """
    connection = op.get_bind()
    made = connection.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'thread'")
    )
    words, found = re.subn(before, after, made.scalar_one())
    if found != 1:
        raise RuntimeError("the table thread is not as the migrations made it")
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :words WHERE type = 'table' AND name = 'thread'"),
        {"words": words},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
