"""The claims of a lesson, and the excerpts that they rest on."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, related, where
from forum.models.spaces import Audience
from forum.models.threads import PostRevision


class Stance(enum.StrEnum):
    """What an excerpt does for its claim."""

    SUPPORTS = "supports"
    NUANCES = "nuances"
    CONTRADICTS = "contradicts"


class RemovalKind(enum.StrEnum):
    """Why words were taken out of a lesson for good."""

    WITHDRAWN = "withdrawn"  # their author took permission back
    OBJECTED = "objected"  # their author objected, where no permission was needed
    ERASED = "erased"  # the account of their author
    SEALED = "sealed"  # a moderator deleted the post, or left them out of it


class Claim(Model):
    """One sentence of a version of a lesson that must rest on excerpts."""

    __tablename__ = "claim"
    TEXT_MAX = 300
    __table_args__ = (UniqueConstraint("version_id", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("lesson_version.id", ondelete="CASCADE"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(TEXT_MAX))
    # The id of the claim that it is a copy of, through all versions; none: it is the first. That one may be gone.
    root_id: Mapped[int | None]

    @property
    def root(self) -> int:
        """What it is known by in every version of its lesson."""
        return self.id if self.root_id is None else self.root_id

    excerpts: Mapped[list["Excerpt"]] = related(order_by="Excerpt.id", cascade="all, delete-orphan")


class Excerpt(Model):
    """Literal words of one revision of one post: `plain[start:end]`, with their SHA-256.

    At the seal of its version it keeps its right: the audience of its source then, or the consent. What later becomes
    of the source's audience changes nothing. Taken out for good, it has neither words nor hash, only how and when.
    """

    __tablename__ = "excerpt"
    WORDS_MAX = 1_500  # more is not an excerpt but a copy
    __table_args__ = (
        CheckConstraint("start_at >= 0 AND end_at > start_at", name="offsets_in_order"),
        UniqueConstraint("claim_id", "revision_id", "start_at", "end_at"),
        Index("ix_excerpt_consent_id", "consent_id", **where("consent_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("post_revision.id"), index=True)
    start_at: Mapped[int]
    end_at: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    stance: Mapped[Stance] = mapped_column(choice(Stance))
    # None while it is new in a draft; what the published version has at this place is kept.
    right_audience: Mapped[Audience | None] = mapped_column(choice(Audience))
    right_space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consent.id"))
    removal: Mapped[RemovalKind | None] = mapped_column(choice(RemovalKind))
    removed_at: Mapped[datetime | None]

    revision: Mapped[PostRevision] = related()


class Removal(Model):
    """Somebody took their words out of a lesson: out of sight at once, for good once `settled_at` is set."""

    __tablename__ = "removal"
    __table_args__ = (
        Index("ix_removal_open", "at", **where("settled_at IS NULL AND undone_at IS NULL")),
        Index("ix_removal_lesson_id", "lesson_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("post_revision.id"))
    start_at: Mapped[int]
    end_at: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    kind: Mapped[RemovalKind] = mapped_column(choice(RemovalKind))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    # When a new version was made without the words, and the old ones lost them.
    settled_at: Mapped[datetime | None]
