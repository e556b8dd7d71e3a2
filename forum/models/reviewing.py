"""What a reviewer does with a version: looks at it, answers questions about it, says something beside one place."""

import enum
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, related
from forum.models.accounts import Member


class Reply(enum.StrEnum):
    """What a reviewer answers to one question. A doubt blocks nothing, a no does."""

    YES = "yes"
    DOUBT = "doubt"
    NO = "no"


class Question(enum.StrEnum):
    """What a reviewer is asked about every version, in this order."""

    BORNE = "borne"  # does each excerpt bear its claim?
    UNKNOWN = "unknown"  # does who is not to be named stay unknown?
    LIMITS = "limits"  # does it say when it does not work?
    DISSENT = "dissent"  # is dissent heard?
    USABLE = "usable"  # can somebody elsewhere begin with it tomorrow?


class ReviewLook(Model):
    """When a member last had a version before them to check it, and what they answered about it."""

    __tablename__ = "review_look"
    version_id: Mapped[int] = mapped_column(
        ForeignKey("lesson_version.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime]
    answers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # a Reply by its Question


class ReviewComment(Model):
    """What a reviewer says beside one claim or one field; it stays with the lesson until it is settled."""

    __tablename__ = "review_comment"
    TEXT_MAX = 600
    __table_args__ = (
        CheckConstraint("(claim_root IS NULL) <> (field IS NULL)", name="one_place"),
        Index("ix_review_comment_lesson_id_id", "lesson_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(ForeignKey("lesson_version.id", ondelete="CASCADE"), index=True)
    claim_root: Mapped[int | None]  # of `Claim.root`: it may be gone by now
    field: Mapped[str | None] = mapped_column(String(24))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    author: Mapped[Member] = related(foreign_keys=[author_id])
