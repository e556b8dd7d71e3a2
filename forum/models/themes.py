"""What threads and lessons are about: four needs, six policy axes, what these are called, free tags."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice


class Need(enum.StrEnum):
    """What someone needs from a thread."""

    FACTS = "facts"
    STORIES = "stories"
    DISCUSSION = "discussion"
    ACTION = "action"


class Axis(enum.StrEnum):
    """The six policy axes; the codes are the network's own Dutch names."""

    STRATEGY = "glokale-strategie"
    COHERENCE = "ruimtelijke-samenhang"
    DENSITY = "kwalitatieve-densiteit"
    INNOVATION = "innoverende-kracht"
    DIVERSITY = "identiteit-diversiteit"
    SOLIDARITY = "solidaire-stadspolis"


# What forms and addresses say where a thread has no axis yet.
NO_AXIS = "unknown"


class LabelKind(enum.StrEnum):
    """What a label belongs to."""

    AXIS = "axis"
    NEED = "need"


class Label(Model):
    """What one axis or need is called in one language, and one plain sentence about it; its code never changes."""

    __tablename__ = "label"
    NAME_MAX = 60
    SENTENCE_MAX = 200
    kind: Mapped[LabelKind] = mapped_column(choice(LabelKind), primary_key=True)
    code: Mapped[str] = mapped_column(String(24), primary_key=True)
    locale: Mapped[str] = mapped_column(String(5), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    sentence: Mapped[str] = mapped_column(String(SENTENCE_MAX))


class Tag(Model):
    """A tag, known, found and ordered by its slug. How it is spelt stands where it is used, and only there.

    The row is shared, and who spelt the tag first may have done so on a closed thread.
    """

    __tablename__ = "tag"
    NAME_MAX, SLUG_MAX = 40, 60
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(SLUG_MAX), unique=True)
    # How editors of the network spell it, on every page; without it each thread shows its own spelling.
    label: Mapped[str | None] = mapped_column(String(NAME_MAX))
    # Editors made it one with that tag, which was merged into no other; nothing has this one any more but old versions.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id"), index=True)


class ThreadTag(Model):
    """A tag on a thread, as its author spelt it."""

    __tablename__ = "thread_tag"
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    name: Mapped[str] = mapped_column(String(Tag.NAME_MAX))


class LessonTag(Model):
    """A tag on a version of a lesson, as its curator spelt it."""

    __tablename__ = "lesson_tag"
    version_id: Mapped[int] = mapped_column(
        ForeignKey("lesson_version.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    name: Mapped[str] = mapped_column(String(Tag.NAME_MAX))


class TagMerge(Model):
    """A tag that an editor merged into another, or into itself: spelt otherwise. `before` is what undo brings back."""

    __tablename__ = "tag_merge"
    id: Mapped[int] = mapped_column(primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"))
    into_id: Mapped[int] = mapped_column(ForeignKey("tag.id"))
    # As all members could read them at that moment.
    old_name: Mapped[str] = mapped_column(String(Tag.NAME_MAX))
    new_name: Mapped[str] = mapped_column(String(Tag.NAME_MAX))
    editor_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    merged_at: Mapped[datetime]
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    undone_at: Mapped[datetime | None]
