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
    MOVE = "move"  # of a thread to another space, by a moderator
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
    CLOSE_NOMINATION = "close_nomination"  # of a thread, with a reason
    SETTLE = "settle"  # of the reports of a post, that stays as it is or that its author is asked to change
    SPLIT = "split"  # of a thread; which posts went where is in `before`
    MERGE = "merge"  # of another thread into this one
    REFUSE_POST = "refuse_post"  # of one that waited; which one is in `before`
    DELETE_POST = "delete_post"  # by a moderator
    LEAVE_OUT = "leave_out"  # words of a post
    RETITLE = "retitle"  # a thread; the text with the new title is in `before`
    PIN = "pin"  # a thread, or no more
    LOCK = "lock"
    ARCHIVE = "archive"  # a thread, or out of the archive
    CLASSIFY = "classify"  # by a moderator; the first of its changes and the last are in `before`
    MEASURE = "measure"  # about a member, by moderators of a space; which one is in `before`


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
