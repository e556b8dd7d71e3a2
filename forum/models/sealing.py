"""What moderators took out of posts for good: whole posts, and words in them; and what authors say against that."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, where
from forum.models.accounts import Member
from forum.models.threads import Post
from forum.models.undo import UndoableAct


class Sealed(enum.StrEnum):
    """What went."""

    DELETE = "delete"  # a post
    LEAVE_OUT = "leave_out"  # words of it


class Sealing(Model):
    """One act that took words away, and why. At that moment they left every table but this one.

    `kept` is what undo brings back, which nothing else reads; empty once `ended_at` is set: nobody has the words then.
    """

    __tablename__ = "sealing"
    REASON_MAX = Post.HIDDEN_REASON_MAX
    __table_args__ = (
        UniqueConstraint("act_id"),
        Index("ix_sealing_post_id_at", "post_id", "at"),
        Index("ix_sealing_open", "at", **where("ended_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Sealed] = mapped_column(choice(Sealed))
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"))
    act_id: Mapped[int] = mapped_column(ForeignKey(UndoableAct.id))
    sealed_by_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="SET NULL"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    kept: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    ended_at: Mapped[datetime | None]


class SealingObjection(Model):
    """The author of a post says, once, why words should not have been left out; somebody else than who did it decides.

    To a deleted post they object as to a hidden one: `PostObjection`.
    """

    __tablename__ = "sealing_objection"
    WORDS_MAX = 600
    ANSWER_MAX = 300
    __table_args__ = (
        UniqueConstraint("sealing_id"),
        Index("ix_sealing_objection_made_at", "made_at", **where("decided_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    sealing_id: Mapped[int] = mapped_column(ForeignKey(Sealing.id, ondelete="CASCADE"))
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="SET NULL"))
    granted: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(String(ANSWER_MAX), default="")
