"""Where posts stood before moderators split or merged threads: old numbers lead to where a post stands now."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model


class MovedPost(Model):
    """A number in a thread that a post had until it moved to another one; the number is never given again."""

    __tablename__ = "moved_post"
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    moved_at: Mapped[datetime]
