"""Outgoing mail. A row holds ids only: the letter is composed, and the rule checked again, when it is sent."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, where


class MailState(enum.StrEnum):
    """The state of a mail."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"  # handed over twice without an answer that reached us: a person must look


class Lane(enum.StrEnum):
    """Each has a connection and a thread of its own: a password reset does not wait behind two thousand digests."""

    DIRECT = "direct"  # somebody waits for it: sign-in, reset, confirmation, invitation, security
    NOTICE = "notice"  # everything else that is told at once
    BULK = "bulk"  # digests
    SLOW = "slow"  # what takes long to make


class OutgoingMail(Model):
    """One mail to one person, unique by `key`, with a Message-ID that counts nothing and stays over retries."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        CheckConstraint(
            "member_id IS NOT NULL OR invitation_id IS NOT NULL OR access_request_id IS NOT NULL",
            name="has_recipient",
        ),
        Index("ix_outgoing_mail_state_lane_next_try_at", "state", "lane", "next_try_at"),
        Index("ix_outgoing_mail_sent_at", "sent_at"),
        Index("ix_outgoing_mail_invitation_id", "invitation_id", **where("invitation_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    lane: Mapped[Lane] = mapped_column(choice(Lane))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"))
    access_request_id: Mapped[int | None] = mapped_column(
        ForeignKey("access_request.id", ondelete="CASCADE"), index=True
    )
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[MailState] = mapped_column(choice(MailState))
    reason: Mapped[str] = mapped_column(Text, default="")
    message_id: Mapped[str] = mapped_column(String(120))
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime]
    # When what it tells happened or fell due: of a restored copy, nothing goes out that was due before.
    due_at: Mapped[datetime]
    next_try_at: Mapped[datetime]  # it does not leave before
    failing_since: Mapped[datetime | None]  # the first try that failed: after four days it is given up
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(60))  # a worker: the name of its heartbeat
    # Written before the mail server gets the text. What ends before it was not sent; after it, nobody knows.
    handed_over_at: Mapped[datetime | None]
    uncertain_at: Mapped[datetime | None]  # when the answer to the text was lost for the first time
    sent_at: Mapped[datetime | None]
