"""How threads were classified before: each change of need, axis, tags or space, by whom and when."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice


class Part(enum.StrEnum):
    """What a change was about."""

    NEED = "need"
    AXIS = "axis"
    TAGS = "tags"
    SPACE = "space"


class ThreadChange(Model):
    """One change of one part. Rows are only ever added.

    Values are codes, ids of spaces, or the names of tags, and "" where there was none.
    """

    __tablename__ = "thread_change"
    VALUE_MAX = 240  # five tags with commas between them
    __table_args__ = (Index("ix_thread_change_thread_id_id", "thread_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    editor_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))  # where the thread stood until then
    # The line in the log of the space, when a moderator made the change.
    action_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_action.id"), index=True)
    part: Mapped[Part] = mapped_column(choice(Part))
    before: Mapped[str] = mapped_column(String(VALUE_MAX))
    after: Mapped[str] = mapped_column(String(VALUE_MAX))
    changed_at: Mapped[datetime]
