"""While nobody is there to moderate a space: which deputy stands in meanwhile, and since when nobody at all is."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, where
from forum.models.accounts import Member
from forum.models.spaces import Space


class StandIn(Model):
    """A time in which a deputy stands in for the moderators of a space, of which they are told once.

    Both days included, of the forum; no last one where the space has no moderators. An ended row stays, as history.
    """

    __tablename__ = "stand_in"
    __table_args__ = (
        Index("uq_stand_in_current", "space_id", "member_id", unique=True, **where("ended_at IS NULL")),
        Index("ix_stand_in_space_id", "space_id"),
        Index("ix_stand_in_member_id", "member_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id, ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id, ondelete="CASCADE"))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    ended_at: Mapped[datetime | None]


class UnattendedSpace(Model):
    """A time in which a space had nobody for what waits there; administrators are told once, when it lasts."""

    __tablename__ = "unattended_space"
    __table_args__ = (
        Index("uq_unattended_space_current", "space_id", unique=True, **where("ended_at IS NULL")),
        Index("ix_unattended_space_space_id", "space_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id, ondelete="CASCADE"))
    since_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
