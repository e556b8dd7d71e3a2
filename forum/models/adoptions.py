"""Who applied a lesson where, what was changed, and what came of it."""

import enum
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, SmallInteger, String, Text, false, true
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
    NOT_DONE = "not_done"  # considered, and left for a reason


class Spoke(enum.StrEnum):
    """Whether a city spoke with the one that a lesson comes from."""

    BEFORE = "before"
    DURING = "during"
    NO = "no"


class Advice(enum.StrEnum):
    """Whether who applied a lesson would advise it to others."""

    YES = "yes"
    DEPENDS = "depends"
    NO = "no"


class AdoptionReport(Model):
    """One report of one city. What became of it later is a report of its own that follows it; the last one stands."""

    __tablename__ = "adoption_report"
    TEXT_MAX = 1_500  # each answer
    __table_args__ = (
        Index("ix_adoption_report_capacity_id", "capacity_id", **where("capacity_id IS NOT NULL")),
        Index("ix_adoption_report_city_lights_lesson_id", "city", "lights", "lesson_id"),
        Index("ix_adoption_report_follows_id", "follows_id", **where("follows_id IS NOT NULL")),
        Index("ix_adoption_report_running", "reported_on", "id", **where("outcome = 'running' AND stands")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), index=True)
    city: Mapped[str] = mapped_column(String(20))
    reporter_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacity.id"))
    outcome: Mapped[AdoptionOutcome] = mapped_column(choice(AdoptionOutcome))
    problem: Mapped[str] = mapped_column(Text, default="", server_default="")
    what_was_done: Mapped[str] = mapped_column(Text, default="", server_default="")
    what_changed: Mapped[str] = mapped_column(Text, default="")
    left_out: Mapped[str] = mapped_column(Text, default="", server_default="")
    differs: Mapped[str] = mapped_column(Text, default="", server_default="")
    what_came: Mapped[str] = mapped_column(Text, default="")
    spoke: Mapped[Spoke | None] = mapped_column(choice(Spoke))
    advice: Mapped[Advice | None] = mapped_column(choice(Advice))
    reported_on: Mapped[date] = mapped_column(Date)
    changed_on: Mapped[date | None] = mapped_column(Date)  # its words, by its reporter
    # The first report of the same person on the lesson, which this one goes on with.
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("adoption_report.id", ondelete="CASCADE"))
    stands: Mapped[bool] = mapped_column(default=True, server_default=true())  # none follows it
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    # It counts, for the one city of its reporter in the lesson; kept by `domain/lessons/library_keys.py`.
    lights: Mapped[bool] = mapped_column(default=False, server_default=false())

    reporter: Mapped[Member] = related()


class ReportQuestion(Model):
    """That a reporter was asked how it goes on, once after each of these terms."""

    __tablename__ = "report_question"
    report_id: Mapped[int] = mapped_column(
        ForeignKey("adoption_report.id", ondelete="CASCADE"), primary_key=True
    )
    months: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime]
