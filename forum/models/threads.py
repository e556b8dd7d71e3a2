"""Threads, posts, every revision of a post, and how far each member has read."""

import enum
from datetime import datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, related, where
from forum.models.accounts import Capacity, Member
from forum.models.spaces import Audience, Space
from forum.models.themes import Axis, Need


class PostKind(enum.StrEnum):
    """What a reply adds; disagreement has kinds of its own."""

    EXPERIENCE = "experience"
    QUESTION = "question"
    ADDITION = "addition"
    OBJECTION = "objection"
    CONDITION = "condition"
    PROPOSAL = "proposal"
    SOURCE = "source"
    APPLICATION = "application"
    CONSENT = "consent"
    ACTION = "action"
    MODERATION = "moderation"


class Outcome(enum.StrEnum):
    """How it went, for threads and lessons alike. Failure is an outcome like any other."""

    WORKED = "worked"
    PARTLY = "partly"
    MIXED = "mixed"
    FAILED = "failed"
    RUNNING = "running"
    DISCUSSION = "discussion"


# A thread that nobody answered yet and that may be answered.
WAITING = "answered_at IS NULL AND locked_at IS NULL AND hidden_at IS NULL AND withdrawn_at IS NULL"
# One in which two cities or more spoke, and that stands open: a lesson may be in it.
OF_CITIES = (
    "json_array_length(cities) > 1 AND locked_at IS NULL AND hidden_at IS NULL AND withdrawn_at IS NULL"
)
# A post by which somebody says that they applied it, or that it is not so.
TELLING = "(kind = 'application' OR kind = 'objection') AND hidden_at IS NULL AND deleted_at IS NULL"


class Thread(Model):
    """A thread. Title, summary and cities hold only what every reader of the thread may see at this moment."""

    __tablename__ = "thread"
    TITLE_MAX = 160  # of what is accepted; the column keeps room for older titles
    __table_args__ = (
        Index("ix_thread_space_id_last_post_at_id", "space_id", "last_post_at", "id"),
        Index("ix_thread_last_post_at_id", "last_post_at", "id"),
        Index("ix_thread_axis_last_post_at_id", "axis", "last_post_at", "id"),
        Index("ix_thread_space_id_audience", "space_id", "audience"),
        Index("ix_thread_public", "id", **where("audience = 'public'")),  # for the sitemap
        # The threads that still wait for an answer, in the network, in one space and about one axis.
        Index("ix_thread_waiting", "last_post_at", "id", **where(WAITING)),
        Index("ix_thread_space_id_waiting", "space_id", "last_post_at", "id", **where(WAITING)),
        Index("ix_thread_axis_waiting", "axis", "last_post_at", "id", **where(WAITING)),
        Index("ix_thread_space_id_of_cities", "space_id", "last_post_at", "id", **where(OF_CITIES)),
        Index(
            "ix_thread_space_id_archived",
            "space_id",
            "last_post_at",
            "id",
            **where("archived_at IS NOT NULL"),
        ),
        # Few at a time: their moderators are asked to choose.
        Index("ix_thread_space_id_without_axis", "space_id", **where("axis IS NULL")),
        UniqueConstraint("author_id", "idempotency_key", name="uq_thread_author_id_once"),
        CheckConstraint("last_number >= post_count", name="counts_fit"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    title: Mapped[str] = mapped_column(String(200))  # "" once its author has withdrawn the opening post
    slug: Mapped[str] = mapped_column(String(80))
    need: Mapped[Need] = mapped_column(choice(Need))
    axis: Mapped[Axis | None] = mapped_column(choice(Axis))  # none while nobody chose it
    audience: Mapped[Audience] = mapped_column(choice(Audience))
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    summary: Mapped[str] = mapped_column(String(400), default="")
    cities: Mapped[list[str]] = mapped_column(JSON, default=list)  # codes, of the posts that still stand
    # Its opening post was written in a capacity at the level of the field.
    told_by_field: Mapped[bool] = mapped_column(default=False, server_default=false())
    post_count: Mapped[int] = mapped_column(default=0)  # posts that still stand, the opening one included
    last_number: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    last_post_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]  # first reply by somebody else
    locked_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]  # its opening post was hidden by a moderator
    archived_at: Mapped[datetime | None]  # its talk is over: see `domain/threads/running.py`
    withdrawn_at: Mapped[datetime | None]  # its author took it back before anybody answered; or merged
    merged_at: Mapped[datetime | None]  # all its posts went to another thread, to which its address leads
    idempotency_key: Mapped[str] = mapped_column(String(36))

    space: Mapped[Space] = related()
    author: Mapped[Member] = related()


class Post(Model):
    """One contribution. `html` is what readers get: empty while the post is hidden or taken back."""

    __tablename__ = "post"
    HIDDEN_REASON_MAX = 300
    __table_args__ = (
        UniqueConstraint("thread_id", "number"),
        UniqueConstraint("author_id", "idempotency_key", name="uq_post_author_id_once"),
        Index("ix_post_created_at", "created_at"),
        Index("ix_post_telling", "thread_id", **where(TELLING)),
        # For the foreign key, when the posts of a thread go.
        Index("ix_post_answers_id", "answers_id", **where("answers_id IS NOT NULL")),
        Index("ix_post_author_id_created_at_id", "author_id", "created_at", "id"),
        Index("ix_post_capacity_id", "capacity_id", **where("capacity_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1 is the opening post; never reused
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacity.id"))
    kind: Mapped[PostKind | None] = mapped_column(choice(PostKind))
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))  # of the same thread
    # The title of the thread that it opened, which was merged into this one; "" for others.
    heading: Mapped[str] = mapped_column(String(200), default="", server_default="")
    html: Mapped[str] = mapped_column(Text)
    render_version: Mapped[int] = mapped_column(SmallInteger)
    revision: Mapped[int] = mapped_column(SmallInteger, default=1)
    # The earliest text that its readers find in its history, besides the present one; what was before is its author's.
    history_from: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    hidden_reason: Mapped[str] = mapped_column(String(HIDDEN_REASON_MAX), default="")
    sealed_at: Mapped[datetime | None]  # deleted by a moderator: hidden too, and nobody has its words
    idempotency_key: Mapped[str] = mapped_column(String(36))

    thread: Mapped[Thread] = related()
    author: Mapped[Member] = related(foreign_keys=[author_id])
    capacity: Mapped[Capacity | None] = related()


class PostRevision(Model):
    """The text of a post at one moment, never overwritten. Excerpts are offsets in `plain`."""

    __tablename__ = "post_revision"
    __table_args__ = (UniqueConstraint("post_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[str] = mapped_column(Text)  # Markdown, as typed
    plain: Mapped[str] = mapped_column(Text)  # the readable text of the rendered page
    title: Mapped[str] = mapped_column(String(200), default="")  # of the thread, for opening posts
    created_at: Mapped[datetime]
    editor_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    # Taken out of the history: no page shows its words, only published lessons keep what they quote of it.
    hidden_at: Mapped[datetime | None]
    hidden_by_author: Mapped[bool] = mapped_column(default=False, server_default=false())
    hidden_reason: Mapped[str] = mapped_column(String(Post.HIDDEN_REASON_MAX), default="", server_default="")

    post: Mapped[Post] = related()


class PostQuote(Model):
    """A passage of another post of the thread that a post quotes: `plain[start_at:end_at]` of a revision of it.

    Its words are kept nowhere else.
    """

    __tablename__ = "post_quote"
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)  # among the marks in its HTML
    revision_id: Mapped[int] = mapped_column(ForeignKey("post_revision.id", ondelete="CASCADE"), index=True)
    start_at: Mapped[int]
    end_at: Mapped[int]
    stands: Mapped[bool]  # still, in the text of the quoted post as it is now


class ThreadCity(Model):
    """When a city last said something in a thread that still stands there; kept with the counts of the thread."""

    __tablename__ = "thread_city"
    __table_args__ = (Index("ix_thread_city_city_said_at_thread_id", "city", "said_at", "thread_id"),)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    city: Mapped[str] = mapped_column(String(20), primary_key=True)
    said_at: Mapped[datetime]


class ReadMark(Model):
    """Up to which post one member has read one thread; its row says that they opened it."""

    __tablename__ = "read_mark"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    last_number: Mapped[int]
    read_at: Mapped[datetime]


class ReadAhead(Model):
    """Posts that a member read while some before them were still new; gone once the mark has passed them."""

    __tablename__ = "read_ahead"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    first_number: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int]
