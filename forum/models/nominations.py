"""Threads of which members say that there is a lesson in them."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, where
from forum.models.accounts import Member


class NominationEnd(enum.StrEnum):
    """What became of a nomination."""

    TAKEN_UP = "taken_up"  # a lesson was begun
    CLOSED = "closed"  # with a reason


class Nomination(Model):
    """One member says that there is a lesson in a thread. It is read by themselves, and by moderators of its space."""

    __tablename__ = "nomination"
    REASON_MAX = 300
    __table_args__ = (
        Index("uq_nomination_open", "thread_id", "member_id", unique=True, **where("ended_at IS NULL")),
        Index("ix_nomination_thread_id", "thread_id"),
        Index("ix_nomination_ended_by_id", "ended_by_id", **where("ended_by_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id, ondelete="CASCADE"), index=True)
    nominated_at: Mapped[datetime]
    ending: Mapped[NominationEnd | None] = mapped_column(choice(NominationEnd))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
