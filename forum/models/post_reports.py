"""Posts that readers reported to the moderators, what became of that, and objections of authors to a hidden post."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, where
from forum.models.accounts import Member
from forum.models.threads import Post
from forum.models.undo import UndoableAct


class ReportReason(enum.StrEnum):
    """Why somebody reports a post."""

    IDENTIFIES = "identifies"  # somebody can be recognised
    HURTFUL = "hurtful"
    WRONG = "wrong"
    OFF_TOPIC = "off_topic"
    SPAM = "spam"
    OTHER = "other"  # in their own words


class ReportOutcome(enum.StrEnum):
    """What became of the reports of a post."""

    HIDDEN = "hidden"
    ASKED = "asked"  # its author, to change it
    LEFT = "left"  # as it is
    TAKEN_BACK = "taken_back"  # by its author


class PostSettlement(Model):
    """What became of all reports of a post that were open at one moment. Undone, they are open again."""

    __tablename__ = "post_settlement"
    REASON_MAX = Post.HIDDEN_REASON_MAX
    __table_args__ = (
        Index("ix_post_settlement_post_id", "post_id"),
        Index("ix_post_settlement_act_id", "act_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    outcome: Mapped[ReportOutcome] = mapped_column(choice(ReportOutcome))
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="SET NULL"))
    settled_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")  # its author reads it
    answer: Mapped[str] = mapped_column(String(REASON_MAX), default="")  # who reported it reads it
    # What it was done with: until that can no longer be undone nobody hears of it.
    act_id: Mapped[int] = mapped_column(ForeignKey(UndoableAct.id))
    undone_at: Mapped[datetime | None]


class PostReport(Model):
    """One reader says what is wrong with a post; known to who settles it alone. Without a reporter: a visitor.

    One that is open for each member and post: what they say later takes its place. When their account is erased the
    words go, and the report still counts.
    """

    __tablename__ = "post_report"
    WORDS_MAX = 600
    __table_args__ = (
        Index(
            "uq_post_report_open",
            "post_id",
            "reporter_id",
            unique=True,
            **where("settlement_id IS NULL AND reporter_id IS NOT NULL"),
        ),
        Index("ix_post_report_waiting", "post_id", "reported_at", **where("settlement_id IS NULL")),
        Index("ix_post_report_post_id", "post_id"),
        Index("ix_post_report_reporter_id_reported_at_id", "reporter_id", "reported_at", "id"),
        Index("ix_post_report_settlement_id", "settlement_id", **where("settlement_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="SET NULL"))
    reason: Mapped[ReportReason] = mapped_column(choice(ReportReason))
    words: Mapped[str] = mapped_column(Text, default="")
    reported_at: Mapped[datetime]
    settlement_id: Mapped[int | None] = mapped_column(ForeignKey(PostSettlement.id))


class PostObjection(Model):
    """The author of a hidden post says why it should be shown again: once for each time that it is hidden."""

    __tablename__ = "post_objection"
    WORDS_MAX = 600
    ANSWER_MAX = 300
    __table_args__ = (
        Index("ix_post_objection_post_id_made_at", "post_id", "made_at"),
        Index("uq_post_objection_open", "post_id", unique=True, **where("decided_at IS NULL")),
        Index("ix_post_objection_author_id", "author_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    hidden_at: Mapped[datetime]  # `Post.hidden_at`, then
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="SET NULL"))
    restored: Mapped[bool] = mapped_column(default=False)  # also where that happened otherwise
    answer: Mapped[str] = mapped_column(String(ANSWER_MAX), default="")
