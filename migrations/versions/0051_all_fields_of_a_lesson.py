"""Advice to each addressee, sources outside the forum, an owner, a date to look again, and what a discussion note has.

The database refuses to change them in a sealed version too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

TABLE, TRIGGER = "lesson_version", "lesson_version_sealed"
MESSAGE = "a sealed version never changes"
TEXTS = ("advice_field", "advice_head", "advice_council", "advice_government")
LISTS = ("assumptions", "open_questions", "external_sources")
SEALED = (
    "title",
    "one_sentence",
    "summary",
    "context",
    "problem",
    "what_was_done",
    "result",
    "recommendation",
)


def upgrade() -> None:
    for name in TEXTS:
        op.add_column(TABLE, sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for name in LISTS:
        op.add_column(TABLE, sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(TABLE, sa.Column("owner", sa.String(120), nullable=False, server_default=""))
    op.add_column(TABLE, sa.Column("review_on", sa.Date(), nullable=True))
    _guard((*SEALED, *TEXTS, "owner"), LISTS)


def downgrade() -> None:
    _guard(SEALED)
    for name in ("review_on", "owner", *LISTS, *TEXTS):
        op.execute(f"ALTER TABLE {TABLE} DROP COLUMN {name}")


def _guard(texts: tuple[str, ...], lists: tuple[str, ...] = ()) -> None:
    """Put the guard of sealed versions in the place of the one before."""
    changed = [f"NEW.{name} <> OLD.{name}" for name in texts]
    if op.get_bind().dialect.name == "sqlite":
        changed += [f"NEW.{name} <> OLD.{name}" for name in lists]
        op.execute(f"DROP TRIGGER {TRIGGER}")
        op.execute(
            f"""CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON {TABLE}
            WHEN OLD.sealed_at IS NOT NULL AND ({" OR ".join(changed)})
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
        )
        return
    changed += [f"CAST(NEW.{name} AS TEXT) <> CAST(OLD.{name} AS TEXT)" for name in lists]
    op.execute(f"DROP TRIGGER {TRIGGER} ON {TABLE}")
    op.execute(
        f"""CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON {TABLE} FOR EACH ROW
        WHEN (OLD.sealed_at IS NOT NULL AND ({" OR ".join(changed)}))
        EXECUTE FUNCTION refuse_sealed_change()"""
    )
