"""Reviewers answer questions and say something beside one place; a claim is known through all versions."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

# Of what was copied before: the first claim of the lesson that says the same.
ROOTS = """
    UPDATE claim SET root_id = (
        SELECT min(first.id) FROM claim AS first
        JOIN lesson_version AS its ON its.id = first.version_id
        JOIN lesson_version AS own ON own.id = claim.version_id
        WHERE its.lesson_id = own.lesson_id AND first.text = claim.text AND first.id < claim.id
    )
"""


def upgrade() -> None:
    op.add_column("claim", sa.Column("root_id", sa.Integer(), nullable=True))
    op.execute(ROOTS)
    op.create_table(
        "review_look",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["lesson_version.id"], name=op.f("fk_review_look_version_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_review_look_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "member_id", name=op.f("pk_review_look")),
    )
    op.create_index("ix_review_look_member_id", "review_look", ["member_id"])
    op.create_table(
        "review_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("claim_root", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=24), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(claim_root IS NULL) <> (field IS NULL)", name=op.f("ck_review_comment_one_place")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_review_comment_lesson_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["lesson_version.id"],
            name=op.f("fk_review_comment_version_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_review_comment_author_id")),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["member.id"], name=op.f("fk_review_comment_settled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comment")),
    )
    op.create_index("ix_review_comment_lesson_id_id", "review_comment", ["lesson_id", "id"])
    op.create_index("ix_review_comment_version_id", "review_comment", ["version_id"])


def downgrade() -> None:
    op.drop_table("review_comment")
    op.drop_table("review_look")
    op.drop_column("claim", "root_id")
