"""The claims of a lesson, and the excerpts that they rest on."""

import enum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, related
from forum.models.threads import PostRevision


class Stance(enum.StrEnum):
    """What an excerpt does for its claim."""

    SUPPORTS = "supports"
    NUANCES = "nuances"
    CONTRADICTS = "contradicts"


class Claim(Model):
    """One sentence of a version of a lesson that must rest on excerpts."""

    __tablename__ = "claim"
    TEXT_MAX = 300
    __table_args__ = (UniqueConstraint("version_id", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("lesson_version.id", ondelete="CASCADE"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(TEXT_MAX))

    excerpts: Mapped[list["Excerpt"]] = related(order_by="Excerpt.id", cascade="all, delete-orphan")


class Excerpt(Model):
    """Literal words of one revision of one post: `plain[start:end]`, with their SHA-256."""

    __tablename__ = "excerpt"
    WORDS_MAX = 1_500  # more is not an excerpt but a copy
    __table_args__ = (
        CheckConstraint("start_at >= 0 AND end_at > start_at", name="offsets_in_order"),
        UniqueConstraint("claim_id", "revision_id", "start_at", "end_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("post_revision.id"), index=True)
    start_at: Mapped[int]
    end_at: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    stance: Mapped[Stance] = mapped_column(choice(Stance))

    revision: Mapped[PostRevision] = related()
