"""What waits until a moderator let it appear, what makes it wait, and the words that moderators watch for.

A contribution that waits is no row of `post` or `thread`: no page, search, mail, digest or count can show it.
"""

import enum
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, related, where
from forum.models.accounts import Member
from forum.models.spaces import Audience
from forum.models.themes import Axis, Need
from forum.models.threads import Post, PostKind, Thread


class HeldBecause(enum.StrEnum):
    """Why something waits: the first that holds."""

    WORD = "word"
    EVERYBODY = "everybody"
    GUEST = "guest"
    NEWCOMER = "newcomer"
    LINK = "link"
    PERSON = "person"  # moderators of the space look at all that its author writes there


class HeldOutcome(enum.StrEnum):
    """What came of it; none while it waits."""

    APPROVED = "approved"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"  # by its author: its words are gone from here


class HoldingRule(Model):
    """Whose contributions to a space wait; no row: nobody's."""

    __tablename__ = "holding_rule"
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), primary_key=True)
    newcomers: Mapped[bool]
    guests: Mapped[bool]
    links: Mapped[bool]
    everybody_until: Mapped[datetime | None]


class HeldPost(Model):
    """A reply, or without a thread a story, as it was sent. Its words go when it appears or is taken back."""

    __tablename__ = "held_post"
    REASON_MAX = 300
    __table_args__ = (
        UniqueConstraint("author_id", "idempotency_key", name="uq_held_post_author_id_once"),
        Index("ix_held_post_waiting", "space_id", "written_at", "id", **where("outcome IS NULL")),
        Index("ix_held_post_thread_id", "thread_id", **where("thread_id IS NOT NULL")),
        Index("ix_held_post_decided_at", "decided_at", **where("decided_at IS NOT NULL")),
        Index("ix_held_post_capacity_id", "capacity_id", **where("capacity_id IS NOT NULL")),
        Index("ix_held_post_answers_id", "answers_id", **where("answers_id IS NOT NULL")),
        Index("ix_held_post_post_id", "post_id", **where("post_id IS NOT NULL")),
        Index("ix_held_post_rule_id", "rule_id", **where("rule_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    # Where a story was sent to; of a reply the space of its thread counts.
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacity.id"))
    kind: Mapped[PostKind | None] = mapped_column(choice(PostKind))
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text)  # Markdown, as typed
    need: Mapped[Need | None] = mapped_column(choice(Need))
    axis: Mapped[Axis | None] = mapped_column(choice(Axis))
    audience: Mapped[Audience | None] = mapped_column(choice(Audience))
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    because: Mapped[HeldBecause] = mapped_column(choice(HeldBecause))
    # The one that is watched for, for moderators alone.
    word: Mapped[str] = mapped_column(String(60), default="")
    # Counts its changes: a moderator decides about the text that they read.
    revision: Mapped[int] = mapped_column(SmallInteger, default=1)
    idempotency_key: Mapped[str] = mapped_column(String(36))
    written_at: Mapped[datetime]
    outcome: Mapped[HeldOutcome | None] = mapped_column(choice(HeldOutcome))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")  # of a refusal
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("house_rule.id"))  # on which that rests
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"))

    author: Mapped[Member] = related(foreign_keys=[author_id])
    thread: Mapped[Thread | None] = related()
    post: Mapped[Post | None] = related(foreign_keys=[post_id])


class Watch(enum.StrEnum):
    """What happens to a text with a watched word."""

    POINT_OUT = "point_out"
    HOLD = "hold"


class WatchedWord(Model):
    """A word that is watched for in a space, or without one in the whole network."""

    __tablename__ = "watched_word"
    WORD_MAX = 60
    __table_args__ = (
        Index("uq_watched_word_of_space", "space_id", "word", unique=True, **where("space_id IS NOT NULL")),
        Index("uq_watched_word_of_network", "word", unique=True, **where("space_id IS NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    word: Mapped[str] = mapped_column(String(WORD_MAX))  # in small letters
    watch: Mapped[Watch] = mapped_column(choice(Watch))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    added_at: Mapped[datetime]


class PointedOut(Model):
    """A post that stands and has a watched word, for the moderators of its space until one of them saw it."""

    __tablename__ = "pointed_out"
    __table_args__ = (
        UniqueConstraint("post_id", "word"),
        Index("ix_pointed_out_waiting", "at", "id", **where("seen_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    word: Mapped[str] = mapped_column(String(WatchedWord.WORD_MAX))
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))

    post: Mapped[Post] = related()
