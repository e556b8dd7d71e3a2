"""How many lessons the library holds, counted when a lesson is published and not when somebody looks."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice
from forum.models.spaces import Audience


class LibraryCount(Model):
    """The published lessons of one audience with one value of one filter: of one space, or of the whole network."""

    __tablename__ = "library_count"
    __table_args__ = (Index("ix_library_count_space_id_audience", "space_id", "audience"),)
    TOTAL = "total"  # the filter that counts every lesson; its rows of the whole network are never deleted
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    audience: Mapped[Audience] = mapped_column(choice(Audience))
    filter: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(24), default="")
    number: Mapped[int]
