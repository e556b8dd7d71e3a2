"""Notes on the page of a space; acts that can be undone, and the log, have a kind more.

On the way back the notes and the lines of the log about them are lost.
"""

import sqlalchemy as sa
from alembic import op

from migrations.log_kinds import allow

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

OLD_ACTS = ("narrow", "hide", "take_back", "remove", "bookmark", "hide_revision")
NEW = "note"
TABLE = "space_note"
ACTS, ACTS_CHECK = "undoable_act", "ck_undoable_act_undokind"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_welcome", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("render_version", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_space_note_space_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["editor_id"], ["member.id"], name=op.f("fk_space_note_editor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space_note")),
    )
    op.create_index(op.f("ix_space_note_space_id"), TABLE, ["space_id"])
    standing = sa.text("is_welcome AND removed_at IS NULL")
    op.create_index(
        "uq_space_note_welcome",
        TABLE,
        ["space_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    allow("hand_over", NEW)
    _allow_acts((*OLD_ACTS, NEW))


def downgrade() -> None:
    op.execute(f"DELETE FROM {ACTS} WHERE kind = '{NEW}'")  # noqa: S608 - constants
    _allow_acts(OLD_ACTS)
    allow("hand_over")
    op.drop_table(TABLE)


def _allow_acts(kinds: tuple[str, ...]) -> None:
    listed = "kind IN ({})".format(", ".join(f"'{one}'" for one in kinds))
    with op.batch_alter_table(ACTS) as batch:
        batch.drop_constraint(op.f(ACTS_CHECK), type_="check")
        batch.create_check_constraint(op.f(ACTS_CHECK), listed)
