"""From which day to which a moderator is away: one absence of each, the last that they said."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model
from forum.models.accounts import Member


class ModeratorAbsence(Model):
    """Both days included, of the forum. It ends by itself after the last one; a row of before says nothing."""

    __tablename__ = "moderator_absence"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="days"),)
    member_id: Mapped[int] = mapped_column(
        ForeignKey(Member.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    first_day: Mapped[date]
    last_day: Mapped[date]
    said_at: Mapped[datetime]
