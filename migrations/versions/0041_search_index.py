"""Keys of the words of texts, and the index by which search finds them. They are filled by the worker, not here."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

WHOLE = ("terms", "parts")
APART = tuple(f"{place}_{kind}" for place in ("title", "sentence", "body") for kind in WHOLE)
# Each table, its key, the table that it is about, and its columns.
TEXTS = (
    ("post_text", "post_id", "post", WHOLE),
    ("title_text", "thread_id", "thread", WHOLE),
    ("version_text", "version_id", "lesson_version", APART),
    ("claim_text", "claim_id", "claim", WHOLE),
)


def upgrade() -> None:
    op.create_table(
        "word_key",
        sa.Column("form", sa.String(60), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("form", "language", name="pk_word_key"),
    )
    op.create_table(
        "search_progress",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("recipe", sa.SmallInteger(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", name="pk_search_progress"),
    )
    for name, key, about, columns in TEXTS:
        op.create_table(
            name,
            sa.Column(key, sa.Integer(), nullable=False),
            *(sa.Column(column, sa.Text(), nullable=False) for column in columns),
            sa.ForeignKeyConstraint([key], [f"{about}.id"], name=f"fk_{name}_{key}", ondelete="CASCADE"),
            sa.PrimaryKeyConstraint(key, name=f"pk_{name}"),
        )
        statements = (
            fts5(name, key, columns) if op.get_bind().dialect.name == "sqlite" else gin(name, columns)
        )
        for statement in statements:
            op.execute(statement)


def fts5(name: str, key: str, columns: tuple[str, ...]) -> list[str]:
    """An index beside the table, and the triggers that keep it."""
    listed = ", ".join(columns)
    new, old = (", ".join(f"{row}.{column}" for column in (key, *columns)) for row in ("new", "old"))
    add = f"INSERT INTO {name}_fts (rowid, {listed}) VALUES ({new})"  # noqa: S608 - names from above
    take = f"INSERT INTO {name}_fts ({name}_fts, rowid, {listed}) VALUES ('delete', {old})"  # noqa: S608
    options = f"content='{name}', content_rowid='{key}', tokenize='ascii'"
    return [
        f"CREATE VIRTUAL TABLE {name}_fts USING fts5({listed}, {options})",
        f"CREATE TRIGGER {name}_added AFTER INSERT ON {name} BEGIN {add}; END",
        f"CREATE TRIGGER {name}_changed AFTER UPDATE ON {name} BEGIN {take}; {add}; END",
        f"CREATE TRIGGER {name}_taken AFTER DELETE ON {name} BEGIN {take}; END",
    ]


def gin(name: str, columns: tuple[str, ...]) -> list[str]:
    """The keys as lexemes, without a parser that would cut them in its own way."""
    text = " || ' ' || ".join(columns)
    lexemes = f"array_to_tsvector(array_remove(string_to_array({text}, ' '), ''))"
    return [
        f"ALTER TABLE {name} ADD COLUMN lexemes tsvector GENERATED ALWAYS AS ({lexemes}) STORED",
        # New keys go into the index at once: else each search reads a list of them until a VACUUM.
        f"CREATE INDEX ix_{name}_lexemes ON {name} USING gin (lexemes) WITH (fastupdate = off)",
        # A rare word is known as rare, and is not taken for one of 5,000 rows.
        f"ALTER TABLE {name} ALTER COLUMN lexemes SET STATISTICS 3000",
    ]


def downgrade() -> None:
    for name, *_others in reversed(TEXTS):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TABLE IF EXISTS {name}_fts")
        op.drop_table(name)
    op.drop_table("search_progress")
    op.drop_table("word_key")
