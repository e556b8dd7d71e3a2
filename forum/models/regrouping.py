"""Agreements: the authors of a thread are asked whether their words may reach people who cannot read them now."""

import enum
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, where
from forum.models.accounts import Member
from forum.models.spaces import Audience, Space
from forum.models.threads import Thread


class RoundEnding(enum.StrEnum):
    """Why authors are asked no more."""

    DONE = "done"  # what they were asked about was done
    WITHDRAWN = "withdrawn"  # a moderator took the question back, also where not everybody agreed
    OVERTAKEN = "overtaken"  # the thread got another place since


class AgreementRound(Model):
    """One change of place about which all authors of a thread are asked: exactly this one, one at a time."""

    __tablename__ = "agreement_round"
    __table_args__ = (
        Index("uq_agreement_round_open", "thread_id", unique=True, **where("ended_at IS NULL")),
        Index("ix_agreement_round_thread_id", "thread_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey(Thread.id, ondelete="CASCADE"))
    from_space_id: Mapped[int] = mapped_column(ForeignKey(Space.id, ondelete="CASCADE"), index=True)
    from_audience: Mapped[Audience] = mapped_column(choice(Audience, name="from_audience"))
    to_space_id: Mapped[int] = mapped_column(ForeignKey(Space.id, ondelete="CASCADE"), index=True)
    to_audience: Mapped[Audience] = mapped_column(choice(Audience, name="to_audience"))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="SET NULL"), index=True)
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ending: Mapped[RoundEnding | None] = mapped_column(choice(RoundEnding))


class Agreement(Model):
    """What one author is asked in a round, and what they answer until `closes_at`; silence is no.

    `digest` is of the words that they were asked about: what they change or add is asked anew.
    """

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("round_id", "author_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)  # drawn by lot: it stands in an address
    round_id: Mapped[int] = mapped_column(ForeignKey(AgreementRound.id, ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey(Member.id, ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    last_day: Mapped[date] = mapped_column(Date)  # answers count until its end
    closes_at: Mapped[datetime]
    agreed: Mapped[bool | None]
    answered_at: Mapped[datetime | None]
