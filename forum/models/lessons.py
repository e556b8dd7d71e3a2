"""Lessons: made from threads, in versions that are never overwritten, each reviewed by a second person."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, related, where
from forum.infra.paging import LARGEST
from forum.models.accounts import Member
from forum.models.lesson_steps import Ending
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


class ReviewBasis(enum.StrEnum):
    """What made a reviewer somebody else at that moment."""

    CITY = "city"  # a confirmed capacity of another city
    EDITOR = "editor"  # of the network, who counts as elsewhere for every city
    SPACE = "space"  # another moderator of the space, for a lesson that stays in it
    NAMED = "named"  # a full member of the space whom its moderator named, for a lesson that stays in it
    EARLIER = "earlier"  # before capacities were confirmed


class Recognition(enum.StrEnum):
    """What a reviewer answered: would somebody in the city of a masked source recognise the person?"""

    NOBODY = "nobody"
    NOT_ASKED = "not_asked"  # nobody stood masked in the version


class Lesson(Model):
    """A lesson, with one id for good. Readers get `current_id`; `working_id` is the version that is being made."""

    __tablename__ = "lesson"
    NO_QUARTER = LARGEST  # after all of them
    ENDED_REASON_MAX = 300
    __table_args__ = (
        CheckConstraint("published_by_id IS NULL OR published_by_id <> curator_id", name="four_eyes"),
        CheckConstraint("state <> 'published' OR current_id IS NOT NULL", name="published_has_version"),
        Index("ix_lesson_state_published_at_id", "state", "published_at", "id"),
        Index("ix_lesson_published", "changed_at", "id", **where("current_id IS NOT NULL")),
        # The other orders of the library.
        Index("ix_lesson_fresh", "fresh", "changed_at", "id", **where("current_id IS NOT NULL")),
        Index("ix_lesson_review_on", "review_on", "id", **where("current_id IS NOT NULL")),
        Index("ix_lesson_applied_in", "applied_in", "changed_at", "id", **where("current_id IS NOT NULL")),
        Index("ix_lesson_certainty", "certainty", "changed_at", "id", **where("current_id IS NOT NULL")),
        Index("ix_lesson_due_quarter", "due_quarter", "changed_at", "id", **where("current_id IS NOT NULL")),
        Index("ix_lesson_space_id_changed_at_id", "space_id", "changed_at", "id"),
        Index(
            "ix_lesson_published_in_space", "space_id", "changed_at", "id", **where("current_id IS NOT NULL")
        ),
        Index("ix_lesson_current_id", "current_id", **where("current_id IS NOT NULL")),
        Index("ix_lesson_working_id", "working_id", **where("working_id IS NOT NULL")),
        Index("ix_lesson_round_id", "round_id", **where("round_id IS NOT NULL")),
        Index("ix_lesson_ready_at", "ready_at", **where("ready_at IS NOT NULL")),
        Index("ix_lesson_deputy_id", "deputy_id", **where("deputy_id IS NOT NULL")),
        Index("ix_lesson_superseded_by_id", "superseded_by_id", **where("superseded_by_id IS NOT NULL")),
        Index("ix_lesson_disputed_at", "disputed_at", **where("disputed_at IS NOT NULL")),
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
    confirmed_at: Mapped[datetime | None]  # by an editor: applied with success by other cities
    ready_at: Mapped[datetime | None]  # since when enough of them reported so, and no editor has confirmed it
    # What the library is ordered by, kept by `domain/lessons/library_keys.py`: in how many cities it was applied, how
    # certain its current version is, in which quarter it is due for another look.
    applied_in: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    certainty: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    due_quarter: Mapped[int] = mapped_column(default=NO_QUARTER, server_default=str(NO_QUARTER))
    weakened_at: Mapped[datetime | None]  # a claim of the current version has no words left that can be read
    # When its makers last said that it still holds; and for which date they were asked that, and told that it passed.
    affirmed_at: Mapped[datetime | None]
    asked_for: Mapped[date | None] = mapped_column(Date)
    overdue_for: Mapped[date | None] = mapped_column(Date)
    # 0: readers know that it is due for another look, so it stands below the others. Kept as those above.
    fresh: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    # Withdrawn, or superseded by another lesson, and why: for everybody who reads it.
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[Ending | None] = mapped_column(choice(Ending, checked=False))
    ended_reason: Mapped[str] = mapped_column(String(ENDED_REASON_MAX), default="", server_default="")
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id"))
    disputed_at: Mapped[datetime | None]  # since when counter-evidence stands that nobody has answered yet
    # Who has the draft in hand beside its curator, and from which day another moderator may take it over.
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    held_until: Mapped[date | None] = mapped_column(Date)
    # Whose it was before a hand-over, and until when: {"member_id": …, "until": …} each, and who worked on it as a
    # deputy, with "deputy". They never check it.
    earlier_curators: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    # While its authors are asked: the text does not change, and nothing of their answers shows.
    round_id: Mapped[int | None] = mapped_column(
        ForeignKey("consent_round.id", use_alter=True, name="fk_lesson_round_id")
    )

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
    """One text of a lesson. Once sealed (sent for review) nothing that was said in it changes: triggers see to it."""

    __tablename__ = "lesson_version"
    TITLE_MAX, ONE_SENTENCE_MAX, CHANGE_NOTE_MAX, LICENCE_MAX = 100, 200, 300, 40
    PARAGRAPHS_MAX = 4_000  # a lesson is a page, not a report
    ITEMS_MAX, ITEM_MAX = 12, 160
    OWNER_MAX = 120
    # Each to one addressee.
    ADVICE = ("advice_field", "advice_head", "advice_council", "advice_government")
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
    recommendation: Mapped[str] = mapped_column(Text, default="")  # to everybody
    advice_field: Mapped[str] = mapped_column(Text, default="", server_default="")
    advice_head: Mapped[str] = mapped_column(Text, default="", server_default="")
    advice_council: Mapped[str] = mapped_column(Text, default="", server_default="")
    advice_government: Mapped[str] = mapped_column(Text, default="", server_default="")
    unknowns: Mapped[str] = mapped_column(Text, default="")
    # Questions of the version that readers have which this one answers, as its maker said.
    answers: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    alternative_reading: Mapped[str] = mapped_column(Text, default="")
    conditions: Mapped[list[str]] = mapped_column(JSON, default=list)
    not_for: Mapped[list[str]] = mapped_column(JSON, default=list)
    addressees: Mapped[list[str]] = mapped_column(JSON, default=list)
    confidence: Mapped[Confidence] = mapped_column(choice(Confidence))
    licence: Mapped[str | None] = mapped_column(String(LICENCE_MAX))
    # Of a discussion note; its claims are positions.
    assumptions: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    open_questions: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    # {"title": …, "url": …, "accessed": "2026-11-30", "kind": …} each (`domain/lessons/external_sources.py`).
    external_sources: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")
    # A function that keeps it, not a person. It may lead to a city: `domain/lessons/origin.py` says who reads it.
    owner: Mapped[str] = mapped_column(String(OWNER_MAX), default="", server_default="")
    # As its maker chose; none: the usual time after publication.
    review_on: Mapped[date | None] = mapped_column(Date)
    # Codes of the cities behind the claims, as far as consent lets them be named; fixed when sealed.
    cities: Mapped[list[str]] = mapped_column(JSON, default=list)
    masked: Mapped[bool] = mapped_column(Boolean, default=False)  # a city behind it may not be named
    # Codes of the space, of its makers and of every source at the moment of the seal: no reviewer comes from there.
    # Internal, never shown: `domain/lessons/origin.py` says what a reader may know.
    origin_cities: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    change_note: Mapped[str] = mapped_column(String(CHANGE_NOTE_MAX), default="")
    saved_count: Mapped[int] = mapped_column(default=1)  # for two people editing at once
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    saved_at: Mapped[datetime]
    sealed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("rules_version.id"))

    lesson: Mapped[Lesson] = related(foreign_keys=[lesson_id])
    created_by: Mapped[Member] = related()

    @property
    def advice(self) -> dict[str, str]:
        """What is said to one addressee each, by the name of the column; without those to whom nothing is said."""
        return {name: text for name in self.ADVICE if (text := getattr(self, name))}


class LessonReview(Model):
    """The verdict of a reviewer on one sealed version."""

    __tablename__ = "lesson_review"
    NOTE_MAX = 1_000
    __table_args__ = (
        Index("ix_lesson_review_capacity_id", "capacity_id", **where("capacity_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("lesson_version.id", ondelete="CASCADE"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    basis: Mapped[ReviewBasis] = mapped_column(
        choice(ReviewBasis), default=ReviewBasis.EARLIER, server_default=ReviewBasis.EARLIER
    )
    # The capacity that counted, and its city then.
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacity.id"))
    city: Mapped[str | None] = mapped_column(String(20))
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    # With an approval; none: of before it was kept. For makers and the reviewer only (`domain/lessons/origin.py`).
    recognition: Mapped[Recognition | None] = mapped_column(choice(Recognition))
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    created_at: Mapped[datetime]

    reviewer: Mapped[Member] = related()


class ReviewRequest(Model):
    """Somebody is asked to check a sealed version; without a name it is whoever of the others is free."""

    __tablename__ = "review_request"
    NOTE_MAX = 500
    __table_args__ = (
        Index("ix_review_request_open", "asked_id", "version_id", **where("ended_at IS NULL")),
        UniqueConstraint("version_id", "asked_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("lesson_version.id", ondelete="CASCADE"), index=True)
    asked_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    asked_at: Mapped[datetime]
    due_on: Mapped[date] = mapped_column(Date)
    reminded_at: Mapped[datetime | None]
    overdue_told_at: Mapped[datetime | None]  # the curator was told that nobody answered
    declined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # the version was published, returned or asked back


class ReviewSetAside(Model):
    """One of the group that is asked to check a version puts the question away, for themselves alone."""

    __tablename__ = "review_set_aside"
    request_id: Mapped[int] = mapped_column(
        ForeignKey("review_request.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime]
