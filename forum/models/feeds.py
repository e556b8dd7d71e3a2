"""The keys of personal feeds: what lets a feed reader in, without a session, to what one member may read."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, where


class FeedKind(enum.StrEnum):
    """What a personal feed holds."""

    LESSONS = "lessons"
    THREADS = "threads"  # what is new in all threads
    SPACE = "space"  # what is new in those of one space


class FeedKey(Model):
    """The key of one feed of one member, of which only a hash is stored. A new one takes the place of the old."""

    __tablename__ = "feed_key"
    __table_args__ = (
        Index("uq_feed_key_of_network", "member_id", "kind", unique=True, **where("space_id IS NULL")),
        Index("uq_feed_key_of_space", "member_id", "space_id", unique=True, **where("space_id IS NOT NULL")),
        Index("ix_feed_key_space_id", "space_id", **where("space_id IS NOT NULL")),
        CheckConstraint("(kind = 'space') = (space_id IS NOT NULL)", name="space_has_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    kind: Mapped[FeedKind] = mapped_column(choice(FeedKind))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    secret_digest: Mapped[str] = mapped_column(String(64), unique=True)  # only the address holds the secret
    # That of the member at that moment: with a new password, and in a restored copy, the key opens nothing.
    password_stamp: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
