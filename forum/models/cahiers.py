"""Cahiers: lessons in an order, each in one version, that an editor of the network put together."""

from datetime import datetime

from sqlalchemy import ForeignKey, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice
from forum.models.accounts import Member
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience


class Cahier(Model):
    """One cahier. Its lessons decide who sees it: whoever may see none of them does not see it either."""

    __tablename__ = "cahier"
    TITLE_MAX, BODY_MAX, SLUG_MAX = 100, 4_000, 80
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(SLUG_MAX), unique=True)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    body: Mapped[str] = mapped_column(Text)  # the introduction
    html: Mapped[str] = mapped_column(Text)
    render_version: Mapped[int] = mapped_column(SmallInteger)
    audience: Mapped[Audience] = mapped_column(choice(Audience, checked=False))  # the network, or everybody
    revision: Mapped[int] = mapped_column(default=1)
    editor_id: Mapped[int] = mapped_column(ForeignKey(Member.id))  # who made it
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class CahierLesson(Model):
    """A lesson in a cahier, in the version that is pinned there."""

    __tablename__ = "cahier_lesson"
    WHY_MAX = 200
    __table_args__ = (UniqueConstraint("cahier_id", "lesson_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    cahier_id: Mapped[int] = mapped_column(ForeignKey(Cahier.id, ondelete="CASCADE"))
    position: Mapped[int]
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id, ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey(LessonVersion.id, ondelete="CASCADE"), index=True)
    why: Mapped[str] = mapped_column(String(WHY_MAX), default="")
