"""What members may be asked, and the words by which people are found.

Names and functions of before are looked up from then on, too.
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

AXES = (
    *("glokale-strategie", "ruimtelijke-samenhang", "kwalitatieve-densiteit"),
    *("innoverende-kracht", "identiteit-diversiteit", "solidaire-stadspolis"),
)
SOURCES = ("name", "function", "offer")
LONGEST = 200
MANY = 1_000
PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "þ": "th", "ı": "i"}
)


def words(text: str) -> list[str]:
    parted = unicodedata.normalize("NFKD", text).casefold().translate(PLAIN)
    letters = (
        sign if unicodedata.category(sign)[0] in "LMN" else " "
        for sign in parted
        if not unicodedata.combining(sign)
    )
    plain = re.sub(r"\d+", _number, " ".join("".join(letters).split()))
    return list(dict.fromkeys(plain[: LONGEST // 2].split()))


def _number(digits: re.Match[str]) -> str:
    number = str(int(digits[0]))
    return f"{len(number):02d}{number}"


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    member = sa.ForeignKey("member.id", ondelete="CASCADE", name="fk_profile_member_id")
    op.create_table(
        "profile",
        sa.Column("member_id", sa.Integer, member, nullable=False),
        sa.Column("asks", sa.String(243), nullable=False),
        sa.Column("seeks", sa.String(160), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("member_id", name="pk_profile"),
    )
    op.create_index("ix_profile_offered_at", "profile", ["offered_at"])
    op.create_table(
        "profile_tag",
        sa.Column("member_id", sa.Integer, _key("profile_tag", "member"), nullable=False),
        sa.Column("tag_id", sa.Integer, _key("profile_tag", "tag"), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "tag_id", name="pk_profile_tag"),
    )
    op.create_index("ix_profile_tag_tag_id", "profile_tag", ["tag_id"])
    op.create_table(
        "profile_axis",
        sa.Column("member_id", sa.Integer, _key("profile_axis", "member"), nullable=False),
        sa.Column("axis", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "axis", name="pk_profile_axis"),
        sa.CheckConstraint(_among("axis", AXES), name="ck_profile_axis_axis"),
    )
    op.create_index("ix_profile_axis_axis_member_id", "profile_axis", ["axis", "member_id"])
    op.create_table(
        "member_word",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("member_id", sa.Integer, _key("member_word", "member"), nullable=False),
        sa.Column("word", sa.String(LONGEST, collation="C" if is_postgresql else None), nullable=False),
        sa.Column("source", sa.String(24), nullable=False),
        sa.Column("capacity_id", sa.Integer, _key("member_word", "capacity")),
        sa.PrimaryKeyConstraint("id", name="pk_member_word"),
        sa.CheckConstraint(_among("source", SOURCES), name="ck_member_word_wordsource"),
    )
    _fill()
    op.create_index("ix_member_word_word_member_id", "member_word", ["word", "member_id"])
    op.create_index("ix_member_word_member_id_source", "member_word", ["member_id", "source"])
    op.create_index("ix_member_word_capacity_id", "member_word", ["capacity_id"])
    op.create_index("ix_member_sort_key_id", "member", ["sort_key", "id"])
    op.create_index("ix_post_author_id_created_at_id", "post", ["author_id", "created_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_post_author_id_created_at_id", table_name="post")
    op.drop_index("ix_member_sort_key_id", table_name="member")
    for table in ("member_word", "profile_axis", "profile_tag", "profile"):
        op.drop_table(table)


def _key(table: str, to: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{to}.id", ondelete="CASCADE", name=f"fk_{table}_{to}_id")


def _among(column: str, codes: tuple[str, ...]) -> str:
    return "{} IN ({})".format(column, ", ".join(f"'{code}'" for code in codes))


def _fill() -> None:
    connection = op.get_bind()
    word = sa.table("member_word", *(sa.column(c) for c in ("member_id", "word", "source", "capacity_id")))
    name = sa.table("member", sa.column("id"), sa.column("name"))
    function = sa.table("capacity", *(sa.column(c) for c in ("id", "member_id", "function")))
    rows = [
        {"member_id": row.id, "word": each, "source": "name", "capacity_id": None}
        for row in connection.execute(sa.select(name)).all()
        for each in words(row.name)
    ]
    rows += [
        {"member_id": row.member_id, "word": each, "source": "function", "capacity_id": row.id}
        for row in connection.execute(sa.select(function)).all()
        for each in words(row.function)
    ]
    for begin in range(0, len(rows), MANY):
        connection.execute(sa.insert(word), rows[begin : begin + MANY])
