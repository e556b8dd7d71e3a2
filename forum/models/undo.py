"""What can be undone for ten minutes: the act took effect at once, and its letters wait until nobody can undo it."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, where


class UndoKind(enum.StrEnum):
    """The acts that can be undone."""

    NARROW = "narrow"
    HIDE = "hide"
    TAKE_BACK = "take_back"
    BOOKMARK = "bookmark"  # taken away
    HIDE_REVISION = "hide_revision"  # its number is in `before`
    NOTE = "note"  # removed from the page of a space; which one is in `before`
    REMOVE = "remove"  # of words from a lesson, by their author
    CONFIRM = "confirm"  # of a lesson, by an editor; which one is in `before`
    END = "end"  # of a lesson, withdrawn or superseded; which one is in `before`
    JOIN = "join"  # the answer to a request to belong to a space; which one is in `before`
    CAPACITY = "capacity"  # confirmed or refused; which one is in `before`
    SET_ASIDE = "set_aside"  # a story on the desk that needs no answer
    SETTLE = "settle"  # of the reports of a post, that stays as it is or that its author is asked to change
    REFUSE_POST = "refuse_post"  # of one that waited; which one is in `before`


class UndoableAct(Model):
    """One act, until when it can be undone and by whom; `before` is what undo brings back."""

    __tablename__ = "undoable_act"
    __table_args__ = (
        Index("ix_undoable_act_actor_id_until", "actor_id", "until"),
        Index("ix_undoable_act_thread_id", "thread_id", **where("thread_id IS NOT NULL")),
        Index("ix_undoable_act_post_id", "post_id", **where("post_id IS NOT NULL")),
        Index("ix_undoable_act_removal_id", "removal_id", **where("removal_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[UndoKind] = mapped_column(choice(UndoKind))
    actor_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    removal_id: Mapped[int | None] = mapped_column(ForeignKey("removal.id", ondelete="CASCADE"))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime]
    until: Mapped[datetime]
    undone_at: Mapped[datetime | None]
