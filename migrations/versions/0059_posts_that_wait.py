"""Posts that wait until a moderator let them appear, whose do so in a space, and the words that are watched for.

On the way back what waits is gone, as code of before has no place for it; so are the lines of the log about it.
"""

import sqlalchemy as sa
from alembic import op

from migrations.log_lines import forget
from migrations.present_kinds import present

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

RULE, HELD, WORD, POINTED = "holding_rule", "held_post", "watched_word", "pointed_out"
ACTS = "undoable_act"
MOMENT = sa.DateTime(timezone=True)
ACT = "refuse_post"
KINDS = {
    "kind": (
        "postkind",
        *("experience", "question", "addition", "objection", "condition", "proposal", "source"),
        *("application", "consent", "action", "moderation"),
    ),
    "need": ("need", "facts", "stories", "discussion", "action"),
    "axis": (
        "axis",
        *("glokale-strategie", "ruimtelijke-samenhang", "kwalitatieve-densiteit", "innoverende-kracht"),
        *("identiteit-diversiteit", "solidaire-stadspolis"),
    ),
    "audience": ("audience", "space", "network", "public"),
    "because": ("heldbecause", "word", "everybody", "guest", "newcomer", "link"),
    "outcome": ("heldoutcome", "approved", "refused", "taken_back"),
}


def upgrade() -> None:
    _rules()
    _held()
    _words()
    _allow_acts([*present(ACTS, "kind", f"ck_{ACTS}_undokind"), ACT])


def downgrade() -> None:
    forget("approve_post", "refuse_post", "hold_again", "holding", "watch_words")
    op.execute(f"DELETE FROM {ACTS} WHERE kind = '{ACT}'")  # noqa: S608 - constants
    _allow_acts([one for one in present(ACTS, "kind", f"ck_{ACTS}_undokind") if one != ACT])
    for table in (POINTED, WORD, HELD, RULE):
        op.drop_table(table)


def _rules() -> None:
    op.create_table(
        RULE,
        sa.Column("space_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("newcomers", "guests", "links")),
        sa.Column("everybody_until", MOMENT, nullable=True),
        _pointing(RULE, "space_id", "space", "CASCADE"),
        sa.PrimaryKeyConstraint("space_id", name=op.f(f"pk_{RULE}")),
    )


def _held() -> None:
    op.create_table(
        HELD,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("capacity_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(24), nullable=True),
        sa.Column("answers_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        *(sa.Column(name, sa.String(24), nullable=True) for name in ("need", "axis", "audience")),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("because", sa.String(24), nullable=False),
        sa.Column("word", sa.String(60), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("idempotency_key", sa.String(36), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(24), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        *(_coded(HELD, column, *codes) for column, codes in KINDS.items()),
        _pointing(HELD, "space_id", "space", "CASCADE"),
        _pointing(HELD, "thread_id", "thread", "CASCADE"),
        _pointing(HELD, "author_id", "member", "CASCADE"),
        _pointing(HELD, "capacity_id", "capacity"),
        _pointing(HELD, "answers_id", "post", "SET NULL"),
        _pointing(HELD, "decided_by_id", "member", "SET NULL"),
        _pointing(HELD, "post_id", "post", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{HELD}")),
        sa.UniqueConstraint("author_id", "idempotency_key", name=f"uq_{HELD}_author_id_once"),
    )
    _partial(f"ix_{HELD}_waiting", HELD, ["space_id", "written_at", "id"], "outcome IS NULL")
    for name in ("thread_id", "decided_at", "capacity_id", "answers_id", "post_id"):
        _partial(f"ix_{HELD}_{name}", HELD, [name], f"{name} IS NOT NULL")


def _words() -> None:
    op.create_table(
        WORD,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("word", sa.String(60), nullable=False),
        sa.Column("watch", sa.String(24), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        _coded(WORD, "watch", "watch", "point_out", "hold"),
        _pointing(WORD, "space_id", "space", "CASCADE"),
        _pointing(WORD, "added_by_id", "member", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{WORD}")),
    )
    _partial(f"uq_{WORD}_of_space", WORD, ["space_id", "word"], "space_id IS NOT NULL", unique=True)
    _partial(f"uq_{WORD}_of_network", WORD, ["word"], "space_id IS NULL", unique=True)
    op.create_table(
        POINTED,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(60), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        _pointing(POINTED, "post_id", "post", "CASCADE"),
        _pointing(POINTED, "seen_by_id", "member", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{POINTED}")),
        sa.UniqueConstraint("post_id", "word", name=op.f(f"uq_{POINTED}_post_id_word")),
    )
    _partial(f"ix_{POINTED}_waiting", POINTED, ["at", "id"], "seen_at IS NULL")


def _allow_acts(kinds: list[str]) -> None:
    name, listed = op.f(f"ck_{ACTS}_undokind"), ", ".join(f"'{one}'" for one in kinds)
    with op.batch_alter_table(ACTS) as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"kind IN ({listed})")


def _coded(table: str, column: str, name: str, *codes: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{one}'" for one in codes)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{name}"))


def _pointing(table: str, name: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    key = op.f(f"fk_{table}_{name}_{to}")
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=key, ondelete=ondelete)


def _partial(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    only = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)
