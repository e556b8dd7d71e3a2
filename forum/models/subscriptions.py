"""What members want by mail: when and about what the digest comes, what comes at once; each digest as a window."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice
from forum.models.themes import Axis


class Frequency(enum.StrEnum):
    """How often. No row at all means: not chosen yet, which is neither yes nor no."""

    DAILY = "daily"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    NEVER = "never"


class Delivery(enum.StrEnum):
    """How something that is told reaches the mailbox."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    NOTHING = "nothing"


# Of what was chosen about several things that one post is about, or about tags that are one by now, the first of these.
STRONGEST = (Delivery.NOTHING, Delivery.AT_ONCE, Delivery.DIGEST)


class LessonChoice(enum.StrEnum):
    """Which new or changed lessons stand in a digest."""

    ALL = "all"
    AXES = "axes"  # of the axes that the member subscribed to
    NONE = "none"


class DigestState(enum.StrEnum):
    """What became of a window."""

    QUEUED = "queued"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


class DigestChoice(Model):
    """When a member wants the digest, and what stands in it besides their subscriptions."""

    __tablename__ = "digest_choice"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    frequency: Mapped[Frequency] = mapped_column(choice(Frequency))
    chosen_at: Mapped[datetime]
    # Of the member's own time zone: Monday is 0. A month begins for it at its first such day; each day has no choice.
    weekday: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    hour: Mapped[int] = mapped_column(SmallInteger, default=7, server_default="7")
    locale: Mapped[str | None] = mapped_column(String(5))  # none: the language of their other letters
    lessons: Mapped[LessonChoice] = mapped_column(
        choice(LessonChoice), default=LessonChoice.ALL, server_default=LessonChoice.ALL
    )
    only_unread: Mapped[bool] = mapped_column(default=True, server_default=true())
    # What they may read in spaces that they do not belong to and have no subscription to.
    elsewhere: Mapped[Delivery] = mapped_column(
        choice(Delivery, name="elsewhere"), default=Delivery.DIGEST, server_default=Delivery.DIGEST
    )


class Subscription(Model):
    """How posts in one space, thread, axis or tag reach a member's mailbox.

    That of the thread goes before every other. Else NOTHING wins, then AT_ONCE, then DIGEST.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("member_id", "space_id"),
        UniqueConstraint("member_id", "thread_id"),
        UniqueConstraint("member_id", "axis"),
        UniqueConstraint("member_id", "tag_id"),
        CheckConstraint(
            "(CASE WHEN space_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN thread_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN axis IS NULL THEN 0 ELSE 1 END) + (CASE WHEN tag_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_target",
        ),
        Index("ix_subscription_space_id", "space_id"),
        Index("ix_subscription_thread_id", "thread_id"),
        Index("ix_subscription_axis", "axis"),
        Index("ix_subscription_tag_id", "tag_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    axis: Mapped[Axis | None] = mapped_column(choice(Axis))
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"))
    delivery: Mapped[Delivery] = mapped_column(choice(Delivery))


class NoticeChoice(Model):
    """How one kind of notice reaches a member's mailbox; without a row as the table of kinds says."""

    __tablename__ = "notice_choice"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    stop: Mapped[str] = mapped_column(String(24), primary_key=True)  # of `domain/mailing/kinds.py`
    delivery: Mapped[Delivery] = mapped_column(choice(Delivery))


class QuietHours(Model):
    """Between which full hours of their own time zone no notice reaches a member; it may pass midnight."""

    __tablename__ = "quiet_hours"
    __table_args__ = (CheckConstraint("from_hour <> until_hour", name="some_hours"),)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    from_hour: Mapped[int] = mapped_column(SmallInteger)
    until_hour: Mapped[int] = mapped_column(SmallInteger)


class Digest(Model):
    """One window of one member, unique, so that a second or a parallel run can add nothing."""

    __tablename__ = "digest"
    __table_args__ = (
        UniqueConstraint("member_id", "period"),
        Index("ix_digest_state", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    # day:2026-11-24, week:2026-11-23, fortnight:2026-11-23, month:2026-11
    period: Mapped[str] = mapped_column(String(20))
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
