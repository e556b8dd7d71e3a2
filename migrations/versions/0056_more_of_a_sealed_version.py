"""Nothing that anybody said of a version changes once it is sealed: the database refuses that of all of it now."""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

TABLE, TRIGGER = "lesson_version", "lesson_version_sealed"
MESSAGE = "a sealed version never changes"
# As migration 0051 left it.
TEXTS = (
    "title", "one_sentence", "summary", "context", "problem", "what_was_done", "result", "recommendation",
    "advice_field", "advice_head", "advice_council", "advice_government", "owner",
)  # fmt: skip
LISTS = ("assumptions", "open_questions", "external_sources")
# What came with this one.
TEXTS_TOO = ("unknowns", "alternative_reading", "change_note", "outcome", "axis", "confidence")
OR_NOTHING = ("licence", "review_on", "sealed_at")
LISTS_TOO = ("answers", "needs", "conditions", "not_for", "addressees")


def upgrade() -> None:
    _guard((*TEXTS, *TEXTS_TOO), (*LISTS, *LISTS_TOO), OR_NOTHING)


def downgrade() -> None:
    _guard(TEXTS, LISTS)


def _guard(texts: tuple[str, ...], lists: tuple[str, ...], or_nothing: tuple[str, ...] = ()) -> None:
    """Put the guard of sealed versions in the place of the one before."""
    changed = [f"NEW.{name} <> OLD.{name}" for name in texts]
    if op.get_bind().dialect.name == "sqlite":
        changed += [f"NEW.{name} <> OLD.{name}" for name in lists]
        changed += [f"NEW.{name} IS NOT OLD.{name}" for name in or_nothing]
        op.execute(f"DROP TRIGGER {TRIGGER}")
        op.execute(
            f"""CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON {TABLE}
            WHEN OLD.sealed_at IS NOT NULL AND ({" OR ".join(changed)})
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
        )
        return
    changed += [f"CAST(NEW.{name} AS TEXT) <> CAST(OLD.{name} AS TEXT)" for name in lists]
    changed += [f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in or_nothing]
    op.execute(f"DROP TRIGGER {TRIGGER} ON {TABLE}")
    op.execute(
        f"""CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON {TABLE} FOR EACH ROW
        WHEN (OLD.sealed_at IS NOT NULL AND ({" OR ".join(changed)}))
        EXECUTE FUNCTION refuse_sealed_change()"""
    )
