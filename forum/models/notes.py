"""Notes that the moderators of a space pin to its page, and the welcome of who is new there."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, where
from forum.models.accounts import Member


class SpaceNote(Model):
    """One note, for the people of its space alone; `editor` wrote it as it stands."""

    __tablename__ = "space_note"
    TITLE_MAX, BODY_MAX = 80, 2_000
    __table_args__ = (
        Index(
            "uq_space_note_welcome",
            "space_id",
            unique=True,
            **where("is_welcome AND removed_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    is_welcome: Mapped[bool]  # shown to who is new, until they put it away
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    render_version: Mapped[int] = mapped_column(SmallInteger)
    revision: Mapped[int] = mapped_column(default=1)
    editor_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    written_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]  # deleted once that can no longer be undone
