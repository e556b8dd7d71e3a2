"""Whether an author's words may be quoted outside their thread: the exact words, masking and audience."""

import enum
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice
from forum.models.spaces import Audience


class Masking(enum.StrEnum):
    """How the author is named outside the thread."""

    NAME = "name"
    FUNCTION = "function"
    MASKED = "masked"


class Consent(Model):
    """One answer of one author. `note` is internal to the space: it may itself identify someone."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("lesson_id", "post_id", "sha256", "audience"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    words: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    masking: Mapped[Masking] = mapped_column(choice(Masking))
    city_shown: Mapped[bool] = mapped_column(Boolean)
    shown_as: Mapped[str] = mapped_column(String(120))  # what readers see instead of a name
    audience: Mapped[Audience] = mapped_column(choice(Audience))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    agreed: Mapped[bool | None] = mapped_column(Boolean)
    note: Mapped[str] = mapped_column(Text, default="")
