"""Who wants a digest, how often and about what; and each digest as a window in time."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice
from forum.models.themes import Axis


class Frequency(enum.StrEnum):
    """How often. No row at all means: not chosen yet, which is neither yes nor no."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    NEVER = "never"


class DigestState(enum.StrEnum):
    """What became of a window."""

    QUEUED = "queued"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


class DigestChoice(Model):
    """How often a member wants the digest. Without spaces: all of theirs; without axes: all six."""

    __tablename__ = "digest_choice"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    frequency: Mapped[Frequency] = mapped_column(choice(Frequency))
    chosen_at: Mapped[datetime]


class DigestSpace(Model):
    """A space that a member wants in the digest."""

    __tablename__ = "digest_space"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), primary_key=True)


class DigestAxis(Model):
    """An axis that a member wants in the digest."""

    __tablename__ = "digest_axis"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    axis: Mapped[Axis] = mapped_column(choice(Axis), primary_key=True)


class Digest(Model):
    """One window of one member, unique, so that a second or a parallel run can add nothing."""

    __tablename__ = "digest"
    __table_args__ = (
        UniqueConstraint("member_id", "period"),
        Index("ix_digest_state", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(String(20))  # day:2026-11-24, week:2026-11-23, month:2026-11
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[DigestState] = mapped_column(choice(DigestState))
    reason: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class DigestItem(Model):
    """An item of a digest that was sent: ids only, never text."""

    __tablename__ = "digest_item"
    digest_id: Mapped[int] = mapped_column(ForeignKey("digest.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)  # lesson, thread
    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
