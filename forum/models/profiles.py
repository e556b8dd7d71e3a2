"""What members say others may ask them, and the words by which people are found."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice
from forum.infra.sort_keys import KEY_TYPE
from forum.models.themes import Axis, Tag


class Profile(Model):
    """What one member offers and seeks. Whoever never said anything has no row."""

    __tablename__ = "profile"
    LINE_MAX, LINES, SEEKS_MAX = 80, 3, 160
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    # Lines, parted by ends of lines.
    asks: Mapped[str] = mapped_column(String(LINES * (LINE_MAX + 1)), default="")
    seeks: Mapped[str] = mapped_column(String(SEEKS_MAX), default="")
    # None: they offer nothing at this moment.
    offered_at: Mapped[datetime | None] = mapped_column(index=True)


class ProfileTag(Model):
    """A tag about which somebody may be asked, as they spelt it."""

    __tablename__ = "profile_tag"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    name: Mapped[str] = mapped_column(String(Tag.NAME_MAX))


class ProfileAxis(Model):
    """A policy axis about which somebody may be asked."""

    __tablename__ = "profile_axis"
    __table_args__ = (Index("ix_profile_axis_axis_member_id", "axis", "member_id"),)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    axis: Mapped[Axis] = mapped_column(choice(Axis), primary_key=True)


class WordSource(enum.StrEnum):
    """Where a word of somebody stands."""

    NAME = "name"
    FUNCTION = "function"
    OFFER = "offer"


class MemberWord(Model):
    """One word by which a member is found: without accents and capitals, so that its beginning can be looked up.

    A word of a function belongs to its capacity, and is one only while that holds.
    """

    __tablename__ = "member_word"
    __table_args__ = (
        Index("ix_member_word_word_member_id", "word", "member_id"),
        Index("ix_member_word_source_word_member_id", "source", "word", "member_id"),
        Index("ix_member_word_member_id_source", "member_id", "source"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    word: Mapped[str] = mapped_column(KEY_TYPE)
    source: Mapped[WordSource] = mapped_column(choice(WordSource))
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacity.id", ondelete="CASCADE"), index=True)
