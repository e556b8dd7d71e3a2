"""Short responses to the story of a thread, from those who read and have no more to add."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, where
from forum.models.accounts import Capacity, Member


class ResponseKind(enum.StrEnum):
    """What somebody says of a story with one press."""

    ALSO = "also"  # with us too
    DIFFERENT = "different"  # with us it is different
    APPLIED = "applied"  # we applied this


class ThreadResponse(Model):
    """The response of one member to the story of a thread, with one sentence if they like.

    Who sees the thread sees it, as long as its opening post stands. A hidden sentence is read by its author and by
    moderators; the response itself still counts.
    """

    __tablename__ = "thread_response"
    SENTENCE_MAX = 200
    HIDDEN_REASON_MAX = 300
    __table_args__ = (
        UniqueConstraint("thread_id", "member_id"),
        Index("ix_thread_response_capacity_id", "capacity_id", **where("capacity_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id, ondelete="CASCADE"), index=True)
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey(Capacity.id))
    kind: Mapped[ResponseKind] = mapped_column(choice(ResponseKind))
    sentence: Mapped[str] = mapped_column(String(SENTENCE_MAX), default="")
    said_at: Mapped[datetime]  # when kind or sentence was last chosen, and in which capacity
    hidden_at: Mapped[datetime | None]  # its sentence, by a moderator
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="SET NULL"))
    hidden_reason: Mapped[str] = mapped_column(String(HIDDEN_REASON_MAX), default="")
