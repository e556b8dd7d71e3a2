"""That something in a published lesson no longer holds, as its readers say."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, where
from forum.models.accounts import Member


class LessonSignal(Model):
    """A reader says why a lesson needs another look; its makers read it, and answer all at once.

    One that is open for each person: what they say later takes its place. When their account is erased the words go,
    and one that is open goes altogether.
    """

    __tablename__ = "lesson_signal"
    REASON_MAX = 600
    __table_args__ = (
        Index("ix_lesson_signal_lesson_id_id", "lesson_id", "id"),
        Index("ix_lesson_signal_open", "lesson_id", "author_id", unique=True, **where("answered_at IS NULL")),
        Index("ix_lesson_signal_capacity_id", "capacity_id", **where("capacity_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey(Member.id), index=True)
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacity.id"))
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]  # by an affirmation, or a new version
