"""Notices for members, once for each event."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, where


class Notification(Model):
    """What happened for one member; ids only, so that the rule is checked again when it is shown or mailed.

    One row for an event however many reasons there are: `kind` is the strongest. Kept for a year.
    """

    __tablename__ = "notification"
    # Kinds about a space that are for those who moderate it at the moment of reading.
    OF_MODERATORS = (
        *("join_requested", "guest_ends", "guest_over", "left_behind"),
        *("hand_over_offered", "hand_over_accepted", "hand_over_declined"),
    )
    __table_args__ = (
        UniqueConstraint("member_id", "event_id"),
        Index("ix_notification_member_id_created_at_id", "member_id", "created_at", "id"),
        Index("ix_notification_unread", "member_id", "thread_id", **where("read_at IS NULL")),
        Index("ix_notification_mail_at", "member_id", "mail_at", **where("mail_at IS NOT NULL")),
        Index("ix_notification_created_at", "created_at"),
        Index("ix_notification_lesson_id", "lesson_id", **where("lesson_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[str] = mapped_column(String(40))  # of `domain/mailing/kinds.py`
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))  # who did it
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    # Told from then on, when the act that it tells of can no longer be undone; none: at once.
    shown_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    mail_at: Mapped[datetime | None]  # it goes into a mail from then on; none: not mailed at once
    # The mail that holds it.
    mail_id: Mapped[int | None] = mapped_column(
        ForeignKey("outgoing_mail.id", ondelete="SET NULL"), index=True
    )
