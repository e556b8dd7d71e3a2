"""What moderators did, and why. Rows are only ever added; the database itself refuses to change them."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, related, where
from forum.models.accounts import Member
from forum.models.spaces import Space


class Action(enum.StrEnum):
    """The kinds of lines in the log."""

    HIDE = "hide"  # a post, or without its number the sentence of a response by `subject_id`
    RESTORE = "restore"
    LOCK = "lock"
    REOPEN = "reopen"
    NARROW = "narrow"
    WIDEN = "widen"
    CLASSIFY = "classify"
    HIDE_REVISION = "hide_revision"  # an earlier text of a post
    SHOW_REVISION = "show_revision"
    ROLE = "role"
    REMOVE = "remove"  # from a space; of before 0017 these lines are of the kind above
    SUSPEND = "suspend"
    READMIT = "readmit"
    CONFIRM_CAPACITY = "confirm_capacity"
    REFUSE_CAPACITY = "refuse_capacity"
    END_CAPACITY = "end_capacity"
    HAND_OVER = "hand_over"  # its reason is the kind of what was taken over from `subject_id`
    MAIL_POLICY = (
        "mail_policy"  # its reason is what was chosen before and what since: see `spaces.mail_rules`
    )
    NOTE = "note"  # on the page of a space; its reason is what became of it: see `spaces.notes`
    CAHIER = "cahier"  # of no space; its reason is what became of which one: see `domain/cahiers`


class ModerationAction(Model):
    """One line of the log of a space."""

    __tablename__ = "moderation_action"
    REASON_MAX = 300
    __table_args__ = (
        Index("ix_moderation_action_space_id_id", "space_id", "id"),
        Index("ix_moderation_action_capacity_id", "capacity_id", **where("capacity_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[Action] = mapped_column(choice(Action))
    actor_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"))
    post_number: Mapped[int | None]
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    # Its words stay in the one place that can be emptied, and what was answered is never changed there.
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacity.id"))
    reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    created_at: Mapped[datetime]

    actor: Mapped[Member] = related(foreign_keys=[actor_id])
    space: Mapped[Space | None] = related()
