"""What published lessons do not know, question by question, and who says that their city wonders about it too."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, where
from forum.models.accounts import Capacity, Member
from forum.models.lessons import Lesson, LessonVersion


class Unknown(Model):
    """One question of a lesson: a line of what its published versions do not know. Who sees the lesson sees it.

    It is open, answered by a later version, or over because a later version left it out without saying so.
    """

    __tablename__ = "unknown"
    __table_args__ = (
        Index("ix_unknown_answered_by_id", "answered_by_id", **where("answered_by_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id, ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    since_id: Mapped[int] = mapped_column(ForeignKey(LessonVersion.id, ondelete="CASCADE"), index=True)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey(LessonVersion.id, ondelete="CASCADE"))
    ended_at: Mapped[datetime | None]  # answered or left out


class UnknownSharing(Model):
    """A member says that their city wonders about a question too; `capacity` is what they spoke as."""

    __tablename__ = "unknown_sharing"
    unknown_id: Mapped[int] = mapped_column(ForeignKey(Unknown.id, ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey(Member.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    capacity_id: Mapped[int] = mapped_column(ForeignKey(Capacity.id), index=True)
    said_at: Mapped[datetime]
