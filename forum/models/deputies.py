"""Deputies of spaces: who looks at what the only moderator of a space may not settle themselves."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, where
from forum.models.accounts import Member
from forum.models.spaces import Space


class SpaceDeputy(Model):
    """A full member of a space whom its moderators named; an ended row stays, as history.

    Whether it holds, `domain/spaces/deputies.py` says: it ends with the membership.
    """

    __tablename__ = "space_deputy"
    __table_args__ = (
        Index("uq_space_deputy_current", "space_id", unique=True, **where("ended_at IS NULL")),
        Index("ix_space_deputy_space_id", "space_id"),
        Index("ix_space_deputy_member_id", "member_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id, ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id, ondelete="CASCADE"))
    named_by_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="SET NULL"))
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
