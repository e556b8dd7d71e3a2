"""What search finds texts by: keys of their words, made at every write. Text alone: who may read it is asked elsewhere.

Of each table the database indexes all `terms` and `parts` together (`infra/search_index.py`).
"""

from datetime import datetime

from sqlalchemy import ForeignKey, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model
from forum.models.claims import Claim
from forum.models.lessons import LessonVersion
from forum.models.threads import Post, Thread


class PostText(Model):
    """The present text of a post, after the title above it; without the title of its thread."""

    __tablename__ = "post_text"
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), primary_key=True)
    terms: Mapped[str] = mapped_column(Text)
    parts: Mapped[str] = mapped_column(Text)


class TitleText(Model):
    """The title of a thread."""

    __tablename__ = "title_text"
    thread_id: Mapped[int] = mapped_column(ForeignKey(Thread.id, ondelete="CASCADE"), primary_key=True)
    terms: Mapped[str] = mapped_column(Text)
    parts: Mapped[str] = mapped_column(Text)


class VersionText(Model):
    """A version of a lesson; title, one sentence and the rest apart, so that it shows where a match is."""

    __tablename__ = "version_text"
    version_id: Mapped[int] = mapped_column(
        ForeignKey(LessonVersion.id, ondelete="CASCADE"), primary_key=True
    )
    title_terms: Mapped[str] = mapped_column(Text)
    title_parts: Mapped[str] = mapped_column(Text)
    sentence_terms: Mapped[str] = mapped_column(Text)
    sentence_parts: Mapped[str] = mapped_column(Text)
    body_terms: Mapped[str] = mapped_column(Text)
    body_parts: Mapped[str] = mapped_column(Text)


class ClaimText(Model):
    """A claim of a version of a lesson."""

    __tablename__ = "claim_text"
    claim_id: Mapped[int] = mapped_column(ForeignKey(Claim.id, ondelete="CASCADE"), primary_key=True)
    terms: Mapped[str] = mapped_column(Text)
    parts: Mapped[str] = mapped_column(Text)


class WordKey(Model):
    """The key of a form that follows no rule, from a list of words that nobody of the network wrote."""

    __tablename__ = "word_key"
    form: Mapped[str] = mapped_column(String(60), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    key: Mapped[str] = mapped_column(String(60))


class SearchProgress(Model):
    """How far one kind of text has keys as this release makes them; new texts have them from the moment they stand."""

    __tablename__ = "search_progress"
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    recipe: Mapped[int] = mapped_column(SmallInteger)  # by which keys were made
    last_id: Mapped[int]  # everything up to it is done
    finished_at: Mapped[datetime | None]
