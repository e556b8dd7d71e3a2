"""Permission to quote somebody outside the audience of their words: asked in rounds, given, and taken back.

Editorial permission with a right to object. No answer shows to anybody but its author before its round closes, and
afterwards a "no" and no answer are the same row.
"""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, where
from forum.models.claims import Stance
from forum.models.spaces import Audience


class Masking(enum.StrEnum):
    """How the author is named outside the thread."""

    NAME = "name"
    FUNCTION = "function"
    MASKED = "masked"


class ConsentAnswer(enum.StrEnum):
    """What an author answers to one question."""

    NAME = "name"
    FUNCTION = "function"
    MASKED = "masked"
    OTHER_WORDS = "other_words"
    NO = "no"


YESES = (ConsentAnswer.NAME, ConsentAnswer.FUNCTION, ConsentAnswer.MASKED)


class Consent(Model):
    """What holds for one passage in one lesson since a round closed. `note` is internal: it may identify someone.

    `sha256` is that of the words as they were said; `words` are those that readers get.
    """

    __tablename__ = "consent"
    __table_args__ = (
        UniqueConstraint(
            "lesson_id", "post_id", "sha256", "audience", "claim_text", name="uq_consent_lesson_id_asked"
        ),
    )
    SHOWN_AS_MAX = 240
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    words: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    masking: Mapped[Masking] = mapped_column(choice(Masking))
    city_shown: Mapped[bool] = mapped_column(Boolean)
    shown_as: Mapped[str] = mapped_column(String(SHOWN_AS_MAX))  # what readers see instead of a name
    audience: Mapped[Audience] = mapped_column(choice(Audience))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]  # the closing of its round
    agreed: Mapped[bool | None] = mapped_column(Boolean)  # no: the passage went, refused or not answered
    note: Mapped[str] = mapped_column(Text, default="")
    adapted: Mapped[bool] = mapped_column(Boolean, default=False, server_default="0")  # never a quotation
    claim_text: Mapped[str | None] = mapped_column(Text)  # the claim it was given under; none: any


class ConsentRound(Model):
    """The authors of a draft are asked together, and all their answers take effect in one act, at `closes_at`."""

    __tablename__ = "consent_round"
    __table_args__ = (Index("ix_consent_round_open", "closes_at", **where("closed_at IS NULL")),)
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("lesson_version.id", ondelete="CASCADE"), index=True)
    audience: Mapped[Audience] = mapped_column(choice(Audience))
    title: Mapped[str] = mapped_column(String(100))  # as the authors saw it
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    last_day: Mapped[date] = mapped_column(Date)  # answers count until its end
    remind_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)  # the curator took the question back
    # When a moderator said, after the closing, that no claim leans on what is gone.
    looked_at: Mapped[datetime | None]


class ConsentRequest(Model):
    """One passage of one author in a round: what is asked exactly, and what they answer meanwhile."""

    __tablename__ = "consent_request"
    OWN_WORDS_MAX = 1_500
    __table_args__ = (Index("ix_consent_request_author_id_round_id", "author_id", "round_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)  # drawn by lot: it stands in an address
    round_id: Mapped[int] = mapped_column(ForeignKey("consent_round.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("post_revision.id"))
    start_at: Mapped[int]
    end_at: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    claim_text: Mapped[str] = mapped_column(Text)
    stance: Mapped[Stance] = mapped_column(choice(Stance))
    said: Mapped[str] = mapped_column(Text)  # the words as they stand in the post
    sha256: Mapped[str] = mapped_column(String(64))  # of `said`
    words: Mapped[str] = mapped_column(Text)  # as they would stand in the lesson
    # What was changed in them: {"was": …, "becomes": …, "why": …} each. The reasons are internal to the space.
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    adapted: Mapped[bool] = mapped_column(Boolean, default=False)  # other words, changed once more
    # How its author would stand there: with name, by function, masked.
    as_name: Mapped[str] = mapped_column(String(240))
    as_function: Mapped[str] = mapped_column(String(240))
    as_masked: Mapped[str] = mapped_column(String(240))
    said_when: Mapped[str] = mapped_column(String(40))  # the quarter, as readers see it
    answer: Mapped[ConsentAnswer | None] = mapped_column(choice(ConsentAnswer))
    answered_at: Mapped[datetime | None]
    own_words: Mapped[str] = mapped_column(Text, default="")
    # Other words are seen at the closing; what the curator did with them.
    taken_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
