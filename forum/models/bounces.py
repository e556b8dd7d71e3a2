"""Mail that came back, and addresses that get no mail any more."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice
from forum.models.accounts import Member


class BounceKind(enum.StrEnum):
    """What a report about our mail says."""

    PERMANENT = "permanent"  # the address does not exist
    TEMPORARY = "temporary"  # full, or away for now
    COMPLAINT = "complaint"  # its reader called it spam


class Bounce(Model):
    """One report about one address. Its score is what the newer ones weigh; the same report counts once."""

    __tablename__ = "bounce"
    __table_args__ = (Index("ix_bounce_email_at", "email", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(Member.EMAIL_MAX))  # lower case, always
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    kind: Mapped[BounceKind] = mapped_column(choice(BounceKind))
    report: Mapped[str] = mapped_column(String(64), unique=True)  # a digest of the report
    at: Mapped[datetime]


class Suppression(Model):
    """An address that gets no mail any more, and why, until whoever owns it says that it works."""

    __tablename__ = "suppression"
    email: Mapped[str] = mapped_column(String(Member.EMAIL_MAX), primary_key=True)
    reason: Mapped[BounceKind] = mapped_column(choice(BounceKind))
    since_at: Mapped[datetime]
    # Since then it gets mail again: reports of before count for nothing.
    lifted_at: Mapped[datetime | None]
