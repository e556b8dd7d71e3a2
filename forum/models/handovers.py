"""Hand-overs: what somebody holds in a space, offered to another moderator of it, piece by piece."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, where
from forum.models.accounts import Member
from forum.models.spaces import Space


class Ending(enum.StrEnum):
    """How an offer ended: OVER, when it stood no longer and was made anew, or its successor lost the role."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    OVER = "over"


class HandOver(Model):
    """One item that is offered; `item_id` is the row that `kind` says. Nothing changes before it is accepted."""

    __tablename__ = "hand_over"
    __table_args__ = (
        Index("uq_hand_over_open", "kind", "item_id", unique=True, **where("ended_at IS NULL")),
        Index("ix_hand_over_successor_id", "successor_id", **where("ended_at IS NULL")),
        Index("ix_hand_over_space_id", "space_id"),
        Index("ix_hand_over_accepted", "kind", "item_id", **where("ending = 'accepted'")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)  # drawn by lot: it stands in an address
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(24))  # of `domain/handovers/kinds.py`
    item_id: Mapped[int]
    giver_id: Mapped[int] = mapped_column(ForeignKey(Member.id, ondelete="CASCADE"))
    successor_id: Mapped[int] = mapped_column(ForeignKey(Member.id, ondelete="CASCADE"))
    # The giver, or for who no longer moderates the space one of its moderators.
    offered_by_id: Mapped[int] = mapped_column(ForeignKey(Member.id, ondelete="CASCADE"))
    offered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None] = mapped_column(choice(Ending))
