"""When a member last opened the page of a space, so that it can say what is new; nobody else is told."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model


class SpaceVisit(Model):
    """One member's visits to the page of a space that they belong to: the present one, and the one before."""

    __tablename__ = "space_visit"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    space_id: Mapped[int] = mapped_column(
        ForeignKey("space.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    seen_at: Mapped[datetime]  # within some minutes
    previous_at: Mapped[datetime | None]  # the end of the visit before
    welcomed_at: Mapped[datetime | None]  # when they put the welcome away
