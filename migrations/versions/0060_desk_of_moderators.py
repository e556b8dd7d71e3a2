"""The desk of moderators: who has what in hand, private notes, what needs no answer, and how much waits.

On the way back these are gone; what was answered stays answered, and the log says it no more.
"""

import sqlalchemy as sa
from alembic import op

from migrations.log_lines import forget

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

ACTS = "undoable_act"
OLD_ACTS = (
    "narrow",
    "hide",
    "take_back",
    "bookmark",
    "hide_revision",
    "note",
    "remove",
    "confirm",
    "end",
    "settle",
    "refuse_post",
)
NEW_ACTS = ("join", "capacity", "set_aside")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _item_table(
        "desk_taking",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        pointing={"member_id": "CASCADE"},
    )
    only = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_desk_taking_open",
        "desk_taking",
        ["kind", "item_id"],
        unique=True,
        sqlite_where=only,
        postgresql_where=only,
    )
    op.create_index("ix_desk_taking_kind_item_id", "desk_taking", ["kind", "item_id"])
    _item_table(
        "desk_note",
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        pointing={"author_id": None, "subject_id": "CASCADE"},
    )
    op.create_index("ix_desk_note_kind_item_id", "desk_note", ["kind", "item_id", "id"])
    _create_asides()
    op.create_table(
        "desk_number",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("spaces", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        _key("desk_number", "member_id", "member", "CASCADE"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_desk_number")),
    )
    _allow((*OLD_ACTS, *NEW_ACTS))


def downgrade() -> None:
    forget("admit", "not_admit", "set_aside", "close_nomination")
    gone = ", ".join(f"'{one}'" for one in NEW_ACTS)
    op.execute(f"DELETE FROM {ACTS} WHERE kind IN ({gone})")  # noqa: S608 - constants
    _allow(OLD_ACTS)
    for name in ("desk_number", "desk_aside", "desk_note", "desk_taking"):
        op.drop_table(name)


def _item_table(name: str, *columns: sa.Column, pointing: dict[str, str | None]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        *columns,
        _key(name, "space_id", "space", "CASCADE"),
        *(_key(name, column, "member", gone) for column, gone in pointing.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    for column in ("space_id", *pointing):
        op.create_index(f"ix_{name}_{column}", name, [column])


def _create_asides() -> None:
    name = "desk_aside"
    op.create_table(
        name,
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _key(name, "space_id", "space", "CASCADE"),
        _key(name, "member_id", "member", "CASCADE"),
        sa.PrimaryKeyConstraint("kind", "item_id", name=op.f(f"pk_{name}")),
    )
    for column in ("space_id", "member_id"):
        op.create_index(f"ix_{name}_{column}", name, [column])


def _key(table: str, column: str, to: str, ondelete: str | None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)


def _allow(codes: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{one}'" for one in codes)
    with op.batch_alter_table(ACTS) as batch:
        batch.drop_constraint(op.f(f"ck_{ACTS}_undokind"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{ACTS}_undokind"), f"kind IN ({allowed})")
