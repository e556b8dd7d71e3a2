"""What somebody expects of applying a lesson, sealed before anybody knows what comes of it."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, where
from forum.models.accounts import Member


class Foretelling(Model):
    """Words that nobody but their author reads before their day; a trigger holds them as they were sealed.

    The hash is of the words with the salt, so that anybody can check them later and nobody can guess them before. When
    an account is erased the words and the salt go, and the hash stays.
    """

    __tablename__ = "foretelling"
    TEXT_MAX = 1_000
    SALT_BYTES = 32
    __table_args__ = (
        # Whose day may have come, and whose author was not asked yet.
        Index("ix_foretelling_unasked", "due_on", "id", **where("asked_at IS NULL AND withdrawn_at IS NULL")),
        Index("ix_foretelling_capacity_id", "capacity_id", **where("capacity_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey(Member.id), index=True)
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacity.id"))
    city: Mapped[str] = mapped_column(String(20))
    # The report with which it began; none once that was taken back.
    report_id: Mapped[int | None] = mapped_column(
        ForeignKey("adoption_report.id", ondelete="SET NULL"), unique=True
    )
    expected: Mapped[str] = mapped_column(Text)
    stop_when: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date] = mapped_column(Date)
    salt: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]  # what came of it, once its day was there
