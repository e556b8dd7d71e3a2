"""The language in which a member last saw a page, and what names are sorted by.

Letters to members without a language of their own are in the one last seen. A sort key is the name without accents,
capitals and signs, so that both databases put names in the same order; how it is made stands here as it was on the day
of this migration.
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAMED = ("member", "space", "tag")
LONGEST = 200
PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "þ": "th", "ı": "i"}
)


def sort_key(name: str) -> str:
    parted = unicodedata.normalize("NFKD", name).casefold().translate(PLAIN)
    letters = (
        sign if unicodedata.category(sign)[0] in "LMN" else " "
        for sign in parted
        if not unicodedata.combining(sign)
    )
    words = re.sub(r"\d+", _number, " ".join("".join(letters).split()))
    return f"{words[: LONGEST // 2]}\t{name}"[:LONGEST]


def _number(digits: re.Match[str]) -> str:
    number = str(int(digits[0]))
    return f"{len(number):02d}{number}"


def upgrade() -> None:
    connection = op.get_bind()
    is_postgresql = connection.dialect.name == "postgresql"
    kind = sa.String(LONGEST, collation="C" if is_postgresql else None)
    op.add_column("member", sa.Column("locale_seen", sa.String(length=5), nullable=True))
    for name in NAMED:
        # Added, not made anew in a batch: SQLite would take a dropped table's rows out of every table that names it.
        op.add_column(name, sa.Column("sort_key", kind, nullable=False, server_default=""))
        table = sa.table(name, sa.column("id"), sa.column("name"), sa.column("sort_key"))
        filled = [{"row": row.id, "key": sort_key(row.name)} for row in connection.execute(sa.select(table))]
        if filled:
            update = sa.update(table).where(table.c.id == sa.bindparam("row"))
            connection.execute(update.values(sort_key=sa.bindparam("key")), filled)
        if is_postgresql:  # SQLite cannot take a default away
            op.alter_column(name, "sort_key", server_default=None)
    op.create_index("ix_space_sort_key_id", "space", ["sort_key", "id"])


def downgrade() -> None:
    op.drop_index("ix_space_sort_key_id", table_name="space")
    for name in NAMED:
        op.drop_column(name, "sort_key")
    op.drop_column("member", "locale_seen")
