"""Posts that members keep for themselves, each with a note if they like."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model


class Bookmark(Model):
    """A post that one member keeps. Nobody else meets it: it is in no count, no log and on no other page."""

    __tablename__ = "bookmark"
    NOTE_MAX = 300
    __table_args__ = (Index("ix_bookmark_member_id_kept_at_post_id", "member_id", "kept_at", "post_id"),)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    kept_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]  # taken away, and deleted once that can no longer be undone
