"""Where a thread stands, in a few sentences that cite its posts: every version, and who else may write one."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model
from forum.models.accounts import Member


class SummaryVersion(Model):
    """One version of the summary of a thread, never overwritten; without sentences nothing is shown any more."""

    __tablename__ = "summary_version"
    __table_args__ = (UniqueConstraint("thread_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(SmallInteger)
    editor_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    created_at: Mapped[datetime]
    last_number: Mapped[int]  # of the posts in the thread then


class SummarySentence(Model):
    """One sentence of a version."""

    __tablename__ = "summary_sentence"
    WORDS_MAX = 300
    version_id: Mapped[int] = mapped_column(
        ForeignKey(SummaryVersion.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(String(WORDS_MAX))


class SummaryCitation(Model):
    """A post on which a sentence rests, and its revision then. Drawn from the post as it is when it is read."""

    __tablename__ = "summary_citation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["version_id", "position"],
            ["summary_sentence.version_id", "summary_sentence.position"],
            ondelete="CASCADE",
        ),
    )
    version_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    revision: Mapped[int] = mapped_column(SmallInteger)


class SummaryKeeper(Model):
    """A member whom a moderator asked to write the summary of a thread too."""

    __tablename__ = "summary_keeper"
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey(Member.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="SET NULL"))
    asked_at: Mapped[datetime]
