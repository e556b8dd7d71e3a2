"""What moderators decide about a member in their space, and what the member says against it."""

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, where
from forum.models.accounts import Member
from forum.models.spaces import Membership, Space
from forum.models.undo import UndoableAct


class MeasureKind(enum.StrEnum):
    """What moderators do about a member, in one space only."""

    WARN = "warn"  # words to them
    HOLD = "hold"  # what they write waits until a moderator lets it appear
    MUTE = "mute"  # they read, and do not write
    REMOVE = "remove"  # from the space


LASTING = (MeasureKind.HOLD, MeasureKind.MUTE)  # until they are ended, or their last day is over


class SpaceMeasure(Model):
    """One decision about a member in a space, with the reason that they read. Ended or undone, the row stays.

    Whether it is in force, `policy.actors.in_force` says.
    """

    __tablename__ = "space_measure"
    REASON_MAX = 300
    __table_args__ = (
        Index("ix_space_measure_space_id_member_id", "space_id", "member_id", "id"),
        Index("ix_space_measure_member_id", "member_id", "id"),
        Index("ix_space_measure_act_id", "act_id", **where("act_id IS NOT NULL")),
        Index("ix_space_measure_membership_id", "membership_id", **where("membership_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id, ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id, ondelete="CASCADE"))
    kind: Mapped[MeasureKind] = mapped_column(choice(MeasureKind))
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    last_day: Mapped[date | None]  # of the forum; none: until somebody ends it
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="SET NULL"))
    made_at: Mapped[datetime]
    # What it was done with: until that can no longer be undone nobody is told. None of a warning, told at once.
    act_id: Mapped[int | None] = mapped_column(ForeignKey(UndoableAct.id))
    # Of a removal: the role that ended, to be given back.
    membership_id: Mapped[int | None] = mapped_column(ForeignKey(Membership.id, ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="SET NULL"))
    undone_at: Mapped[datetime | None]  # as if it never was


class MeasureObjection(Model):
    """A member says, once, why a decision about them is not right; somebody else than who took it decides."""

    __tablename__ = "measure_objection"
    WORDS_MAX = 600
    ANSWER_MAX = 300
    __table_args__ = (
        UniqueConstraint("measure_id"),
        Index("ix_measure_objection_made_at", "made_at", **where("decided_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey(SpaceMeasure.id, ondelete="CASCADE"))
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id, ondelete="SET NULL"))
    ended: Mapped[bool] = mapped_column(default=False)  # the decision, by it or otherwise
    answer: Mapped[str] = mapped_column(String(ANSWER_MAX), default="")
