"""What moderators say to each other about what waits: who has it in hand, notes, and what needs no answer.

An item is named by its kind (`domain/desk/queues/registry.py`) and the id of its row there.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, where
from forum.models.accounts import Member
from forum.models.spaces import Space

KIND_MAX = 24


class DeskTaking(Model):
    """A moderator took an item in hand, until another one did or they gave it back: the rows are its history."""

    __tablename__ = "desk_taking"
    __table_args__ = (
        Index("uq_desk_taking_open", "kind", "item_id", unique=True, **where("ended_at IS NULL")),
        Index("ix_desk_taking_kind_item_id", "kind", "item_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(KIND_MAX))
    item_id: Mapped[int]
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id, ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id, ondelete="CASCADE"), index=True)
    taken_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class DeskNote(Model):
    """A private note about an item, for the moderators of its space: part of what its subject can download."""

    __tablename__ = "desk_note"
    WORDS_MAX = 600
    __table_args__ = (Index("ix_desk_note_kind_item_id", "kind", "item_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(KIND_MAX))
    item_id: Mapped[int]
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id, ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey(Member.id), index=True)
    # Whom the item is about, if it is about one member: the note goes with their account.
    subject_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]


class DeskAside(Model):
    """A moderator says that nothing needs to be done about an item."""

    __tablename__ = "desk_aside"
    kind: Mapped[str] = mapped_column(String(KIND_MAX), primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id, ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id, ondelete="CASCADE"), index=True)
    at: Mapped[datetime]


class DeskNumber(Model):
    """How many things waited for a moderator when they were counted last."""

    __tablename__ = "desk_number"
    SPACES_MAX = 200
    member_id: Mapped[int] = mapped_column(
        ForeignKey(Member.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    # Those that they moderated then: for others it says nothing.
    spaces: Mapped[str] = mapped_column(String(SPACES_MAX), default="")
    number: Mapped[int]
    counted_at: Mapped[datetime]
