"""What threads and lessons are about: four needs, six policy axes, free tags."""

import enum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model


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


class Tag(Model):
    """A tag; a reader sees it only on a thread or lesson that they may see."""

    __tablename__ = "tag"
    NAME_MAX = 40
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))


class ThreadTag(Model):
    """A tag on a thread."""

    __tablename__ = "thread_tag"
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class LessonTag(Model):
    """A tag on a version of a lesson."""

    __tablename__ = "lesson_tag"
    version_id: Mapped[int] = mapped_column(
        ForeignKey("lesson_version.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True
    )
