"""Threads that moderators pinned to the page of their space."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model
from forum.models.spaces import Space
from forum.models.threads import Thread


class PinnedThread(Model):
    """A thread on top of the page of its space, at one of few places. Moved elsewhere, it stands there no more."""

    __tablename__ = "pinned_thread"
    MOST = 3
    __table_args__ = (
        UniqueConstraint("space_id", "place"),
        CheckConstraint("place BETWEEN 1 AND 3", name="few"),
    )
    thread_id: Mapped[int] = mapped_column(
        ForeignKey(Thread.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id, ondelete="CASCADE"))
    place: Mapped[int] = mapped_column(SmallInteger)
    pinned_at: Mapped[datetime]
