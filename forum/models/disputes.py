"""Counter-evidence: what somebody knows that speaks against a claim of a lesson, and what those behind it reply."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, where
from forum.models.accounts import Member


class CounterEvidence(Model):
    """Words against one claim. Accepted by a moderator they stand beside it, and dispute it until that has ended.

    Without a decision they wait, for their author and the makers alone. When an account is erased its words go.
    """

    __tablename__ = "counter_evidence"
    WORDS_MAX = 600
    REASON_MAX = 300  # as in the log of the lesson
    __table_args__ = (
        Index("ix_counter_evidence_lesson_id_id", "lesson_id", "id"),
        Index("ix_counter_evidence_waiting", "made_at", "id", **where("decided_at IS NULL")),
        Index("ix_counter_evidence_capacity_id", "capacity_id", **where("capacity_id IS NOT NULL")),
        Index("ix_counter_evidence_report_id", "report_id", **where("report_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    # What the claim is known by in every version (`Claim.root`), and how it stood then.
    claim_root: Mapped[int] = mapped_column(Integer)
    claim_text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey(Member.id), index=True)
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacity.id"))
    words: Mapped[str] = mapped_column(Text)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("adoption_report.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    accepted: Mapped[bool] = mapped_column(default=False)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    declined_because: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    # What the version that is being made says it does with it; once that is published, it is how the dispute ended.
    next_answer: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    ended_in: Mapped[str | None] = mapped_column(String(12))  # the number of the version that said so


class EvidenceReply(Model):
    """What an author who is quoted for the claim, or the curator, says to accepted counter-evidence: one each."""

    __tablename__ = "evidence_reply"
    WORDS_MAX = 600
    evidence_id: Mapped[int] = mapped_column(
        ForeignKey("counter_evidence.id", ondelete="CASCADE"), primary_key=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey(Member.id), primary_key=True, index=True)
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
