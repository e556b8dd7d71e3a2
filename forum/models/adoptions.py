"""Who applied a lesson where, what was changed, and what came of it."""

import enum
from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, related, where
from forum.models.accounts import Member


class AdoptionOutcome(enum.StrEnum):
    """What came of applying a lesson elsewhere."""

    WORKED = "worked"
    ADAPTED = "adapted"
    PARTLY = "partly"
    RUNNING = "running"
    FAILED = "failed"


class AdoptionReport(Model):
    """One report of one city."""

    __tablename__ = "adoption_report"
    __table_args__ = (
        Index("ix_adoption_report_capacity_id", "capacity_id", **where("capacity_id IS NOT NULL")),
        Index("ix_adoption_report_city_lights_lesson_id", "city", "lights", "lesson_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), index=True)
    city: Mapped[str] = mapped_column(String(20))
    reporter_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacity.id"))
    outcome: Mapped[AdoptionOutcome] = mapped_column(choice(AdoptionOutcome))
    what_changed: Mapped[str] = mapped_column(Text, default="")
    what_came: Mapped[str] = mapped_column(Text, default="")
    reported_on: Mapped[date] = mapped_column(Date)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    # It counts, for the one city of its reporter in the lesson; kept by `domain/lessons/library_keys.py`.
    lights: Mapped[bool] = mapped_column(default=False, server_default=false())

    reporter: Mapped[Member] = related()
