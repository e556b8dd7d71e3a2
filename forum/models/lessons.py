"""Lessons: made from threads, in versions that are never overwritten, each reviewed by a second person."""

import enum
from datetime import date, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, related, where
from forum.models.accounts import Member
from forum.models.spaces import Audience, Space
from forum.models.themes import Axis
from forum.models.threads import Outcome


class LessonState(enum.StrEnum):
    """The state of a lesson. A revised one is a draft again, while readers keep its current version."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"


class Confidence(enum.StrEnum):
    """How sure the curator is."""

    LOW = "low"
    FAIR = "fair"
    HIGH = "high"


class Verdict(enum.StrEnum):
    """What a reviewer decided about a version."""

    APPROVED = "approved"
    RETURNED = "returned"


class Lesson(Model):
    """A lesson, with one id for good. Readers get `current_id`; `working_id` is the version that is being made."""

    __tablename__ = "lesson"
    __table_args__ = (
        CheckConstraint("published_by_id IS NULL OR published_by_id <> curator_id", name="four_eyes"),
        CheckConstraint("state <> 'published' OR current_id IS NOT NULL", name="published_has_version"),
        Index("ix_lesson_state_published_at_id", "state", "published_at", "id"),
        Index("ix_lesson_published", "changed_at", "id", **where("current_id IS NOT NULL")),
        Index("ix_lesson_space_id_changed_at_id", "space_id", "changed_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str | None] = mapped_column(String(16), unique=True)  # les-YYYY-NNN, once published
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    curator_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    state: Mapped[LessonState] = mapped_column(choice(LessonState))
    audience: Mapped[Audience] = mapped_column(choice(Audience))
    current_id: Mapped[int | None] = mapped_column(
        ForeignKey("lesson_version.id", use_alter=True, name="fk_lesson_current_id")
    )
    working_id: Mapped[int | None] = mapped_column(
        ForeignKey("lesson_version.id", use_alter=True, name="fk_lesson_working_id")
    )
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    changed_at: Mapped[datetime | None]  # when the current version was published
    review_on: Mapped[date | None] = mapped_column(Date)
    confirmed_at: Mapped[datetime | None]  # applied with success by other cities

    space: Mapped[Space] = related()
    curator: Mapped[Member] = related(foreign_keys=[curator_id])
    published_by: Mapped[Member | None] = related(foreign_keys=[published_by_id])
    current: Mapped["LessonVersion | None"] = related(foreign_keys=[current_id], post_update=True)
    working: Mapped["LessonVersion | None"] = related(foreign_keys=[working_id], post_update=True)


class LessonNumber(Model):
    """How many public ids a year has; its row is locked, so that two publications at once never get the same one."""

    __tablename__ = "lesson_number"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class LessonSource(Model):
    """A thread that a lesson was made from."""

    __tablename__ = "lesson_source"
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True, index=True)


class LessonVersion(Model):
    """One text of a lesson. Once sealed (sent for review) it is never changed again."""

    __tablename__ = "lesson_version"
    TITLE_MAX, ONE_SENTENCE_MAX, CHANGE_NOTE_MAX, LICENCE_MAX = 100, 200, 300, 40
    PARAGRAPHS_MAX = 4_000  # a lesson is a page, not a report
    ITEMS_MAX, ITEM_MAX = 12, 160
    __table_args__ = (UniqueConstraint("lesson_id", "sequence"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    number: Mapped[str | None] = mapped_column(String(12))  # "1.0", "1.1", … given at publication
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    one_sentence: Mapped[str] = mapped_column(String(ONE_SENTENCE_MAX), default="")
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome))
    axis: Mapped[Axis] = mapped_column(choice(Axis))
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    summary: Mapped[str] = mapped_column(Text, default="")
    context: Mapped[str] = mapped_column(Text, default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    what_was_done: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    recommendation: Mapped[str] = mapped_column(Text, default="")
    unknowns: Mapped[str] = mapped_column(Text, default="")
    alternative_reading: Mapped[str] = mapped_column(Text, default="")
    conditions: Mapped[list[str]] = mapped_column(JSON, default=list)
    not_for: Mapped[list[str]] = mapped_column(JSON, default=list)
    addressees: Mapped[list[str]] = mapped_column(JSON, default=list)
    confidence: Mapped[Confidence] = mapped_column(choice(Confidence))
    licence: Mapped[str | None] = mapped_column(String(LICENCE_MAX))
    # Codes of the cities behind the claims, as far as consent lets them be named; fixed when sealed.
    cities: Mapped[list[str]] = mapped_column(JSON, default=list)
    masked: Mapped[bool] = mapped_column(Boolean, default=False)  # a city behind it may not be named
    change_note: Mapped[str] = mapped_column(String(CHANGE_NOTE_MAX), default="")
    saved_count: Mapped[int] = mapped_column(default=1)  # for two people editing at once
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    saved_at: Mapped[datetime]
    sealed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    lesson: Mapped[Lesson] = related(foreign_keys=[lesson_id])
    created_by: Mapped[Member] = related()


class LessonReview(Model):
    """The verdict of a reviewer on one sealed version."""

    __tablename__ = "lesson_review"
    NOTE_MAX = 1_000
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("lesson_version.id", ondelete="CASCADE"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    created_at: Mapped[datetime]

    reviewer: Mapped[Member] = related()
