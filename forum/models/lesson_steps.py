"""Each step in the life of a lesson: who took it, as what, when, from where to where. Rows are only ever added."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, where


class Stage(enum.StrEnum):
    """Where a lesson stands for who makes it. Readers keep the version that they have, whatever happens to the next."""

    NONE = "none"  # not begun, or nothing of it left
    DRAFT = "draft"
    ASKING = "asking"  # the authors of its excerpts are asked
    IN_REVIEW = "in_review"
    PUBLISHED = "published"


class StepKind(enum.StrEnum):
    """What was done; `domain/lessons/state_machine.py` says from where to where, who may, and what must hold."""

    BEGIN = "begin"
    ASK_AUTHORS = "ask_authors"
    TAKE_QUESTION_BACK = "take_question_back"
    CLOSE_QUESTION = "close_question"
    SUBMIT = "submit"
    ASK_BACK = "ask_back"
    RETURN = "return"
    PUBLISH = "publish"
    REVISE = "revise"
    TAKE_OUT = "take_out"  # readers get a version without words that their author took out
    DISCARD = "discard"
    TAKE_OVER = "take_over"
    CONFIRM = "confirm"  # by an editor, on what other cities reported
    UNDO_CONFIRM = "undo_confirm"
    UNCONFIRM = "unconfirm"  # a report was taken back or goes on otherwise, and too few are left
    NAME_DEPUTY = "name_deputy"
    END_DEPUTY = "end_deputy"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"  # another lesson takes its place
    UNDO_END = "undo_end"
    BRING_BACK = "bring_back"  # by an editor, or with a new version
    AFFIRM = "affirm"  # its makers say that it still holds
    FALL_DUE = "fall_due"  # the date for another look passed without that
    DISPUTE = "dispute"  # counter-evidence against a claim was accepted
    DECLINE_EVIDENCE = "decline_evidence"
    SETTLE = "settle"  # a dispute has ended


class Ending(enum.StrEnum):
    """How a published lesson ended; its page stays."""

    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class LessonStep(Model):
    """One step. Without an actor the forum took it, at a date or for an author who stays unnamed."""

    __tablename__ = "lesson_step"
    REASON_MAX = 300
    __table_args__ = (
        Index("ix_lesson_step_lesson_id_id", "lesson_id", "id"),
        Index("ix_lesson_step_capacity_id", "capacity_id", **where("capacity_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    # No foreign key: the log of a draft outlives it, and no id of a lesson is ever drawn again.
    lesson_id: Mapped[int]
    sequence: Mapped[int | None]  # of the version that it was about
    kind: Mapped[StepKind] = mapped_column(choice(StepKind, checked=False))
    before: Mapped[Stage] = mapped_column(choice(Stage, checked=False))
    after: Mapped[Stage] = mapped_column(choice(Stage, checked=False))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    # Its words stay in the one place that can be emptied.
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacity.id"))
    reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    at: Mapped[datetime]
