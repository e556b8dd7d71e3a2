"""Better English for three themes. A name that somebody changed stays as it is."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAMES = (
    ("kwalitatieve-densiteit", "Quality of density", "High-quality density"),
    ("innoverende-kracht", "Power to innovate and create", "Innovation and creativity"),
    ("identiteit-diversiteit", "Identity out of diversity", "Identity through diversity"),
)


def upgrade() -> None:
    for code, before, after in NAMES:
        _rename(code, before, after)


def downgrade() -> None:
    for code, before, after in NAMES:
        _rename(code, after, before)


def _rename(code: str, before: str, after: str) -> None:
    label = sa.table("label", sa.column("kind"), sa.column("code"), sa.column("locale"), sa.column("name"))
    op.execute(
        sa.update(label)
        .where(label.c.kind == "axis", label.c.code == code, label.c.locale == "en", label.c.name == before)
        .values(name=after)
    )
