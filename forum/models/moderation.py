"""What moderators did, and why. Rows are only ever added; the database itself refuses to change them.

Only the words of a reason can go, with their salt: they stand in a table of their own.
"""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, case, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from forum.infra.db import Model, choice, related, where
from forum.models.accounts import Member
from forum.models.spaces import Space


class Action(enum.StrEnum):
    """The kinds of lines in the log; each has its row in `domain/audit/kinds.py`. The column lets any word in."""

    HIDE = "hide"  # a post, or without its number the sentence of a response by `subject_id`
    RESTORE = "restore"
    LOCK = "lock"
    REOPEN = "reopen"
    ARCHIVE = "archive"  # a thread whose talk is over
    UNARCHIVE = "unarchive"
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
    ADMIT = "admit"  # into a space: who asked to belong to it
    NOT_ADMIT = "not_admit"
    SET_ASIDE = "set_aside"  # a story that needs no answer
    NEEDS_ANSWER = "needs_answer"  # the same was undone
    ANSWER_UNDONE = "answer_undone"  # to a request, or to what `subject_id` speaks as
    CLOSE_NOMINATION = "close_nomination"  # of a thread, by members who are not named
    REOPEN_NOMINATION = "reopen_nomination"  # the same was undone
    SETTLE_REPORT = (
        "settle_report"  # its reason is the outcome; not for the author of the post (`subject_id`)
    )
    REOPEN_REPORT = "reopen_report"  # the same was undone
    ASK_CHANGE = "ask_change"  # of a post, of its author (`subject_id`)
    KEEP_HIDDEN = "keep_hidden"  # a post of `subject_id`, who objected
    DEPUTY = "deputy"  # of the space, `subject_id`; its reason is whether they were named, or it ended
    APPROVE_POST = "approve_post"  # one that waited
    REFUSE_POST = "refuse_post"
    HOLD_AGAIN = "hold_again"  # it waits again: the refusal was undone
    HOLDING = "holding"  # whose posts wait; its reason is before and since: see `held_posts.choosing`
    DELETE_POST = "delete_post"
    UNDELETE_POST = "undelete_post"  # the same was undone
    LEAVE_OUT = "leave_out"  # words of a post
    PUT_BACK_WORDS = "put_back_words"  # the same was undone
    KEEP_LEFT_OUT = "keep_left_out"  # of a post of `subject_id`, who objected
    LIFT_LEAVING_OUT = "lift_leaving_out"  # they objected, rightly: the words are gone all the same
    RETITLE = "retitle"
    PIN = "pin"  # a thread to its space
    UNPIN = "unpin"
    WARN_MEMBER = "warn_member"  # `subject_id`, as the four below
    HOLD_MEMBER = "hold_member"  # what they write in the space waits
    MUTE_MEMBER = "mute_member"
    END_MEASURE = "end_measure"  # its reason is which kind: see `models/measures.py`
    KEEP_MEASURE = "keep_measure"  # they objected to it
    MOVE = "move"  # a thread, to another space: the line stands in the log of the one where it was
    MOVE_IN = "move_in"  # the same in the log of the space to which it came
    SPLIT = "split"  # posts became a thread of their own; its reason is the id of that one
    MERGE = "merge"  # another thread into this one; its reason is the id of that one
    UNSPLIT = "unsplit"  # the same was undone; each has the reason of what it undoes
    UNMERGE = "unmerge"
    WATCH_WORDS = "watch_words"  # its reason says what became of a word, never which
    AWAY = "away"  # a moderator; its reason is from which day to which, or that they are back
    RULES = "rules"  # a new version of those of a space, or of none: the network's; its reason is the number


class MoveMark(enum.StrEnum):
    """What the line of a move says besides, in its code."""

    NONE = ""
    TAKES_AWAY = "takes_away"  # not everybody can read it there who could before
    UNDONE = "undone"  # it went back


class ActorRole(enum.StrEnum):
    """As what somebody did it."""

    MODERATOR = "moderator"  # of the space
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    AUTHOR = "author"  # of what it was done to
    DEPUTY = "deputy"
    FORUM = "forum"  # nobody


class ActionReason(Model):
    """The reason of one line in words. Both can only be emptied, together, as when an account is erased."""

    __tablename__ = "action_reason"
    SALT_BYTES = 16
    action_id: Mapped[int] = mapped_column(ForeignKey("moderation_action.id"), primary_key=True)
    words: Mapped[str] = mapped_column(String(300))
    salt: Mapped[str] = mapped_column(String(2 * SALT_BYTES))


class ModerationAction(Model):
    """One line of the log of a space: who, as what, what, on what, when, and a seal of why."""

    __tablename__ = "moderation_action"
    REASON_MAX = 300
    __table_args__ = (
        Index("ix_moderation_action_space_id_created_at_id", "space_id", "created_at", "id"),
        *(
            Index(f"ix_moderation_action_{name}", name, **where(f"{name} IS NOT NULL"))
            for name in ("thread_id", "post_id", "subject_id", "capacity_id", "rule_id")
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[Action] = mapped_column(choice(Action, checked=False))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))  # nobody: the forum
    role: Mapped[ActorRole] = mapped_column(choice(ActorRole, name="role"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    post_number: Mapped[int | None]  # at that moment: a post can get another one
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    # Its words stay in the one place that can be emptied, and what was answered is never changed there.
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacity.id"))
    # The house rule on which it rests, in the version that held then.
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("house_rule.id"))
    # Of some kinds: what became of it, or a mark; never words.
    code: Mapped[str] = mapped_column(String(120), default="")
    # SHA-256, see `domain/audit/reasons.py`.
    reason_digest: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime]
    # What was given as the reason: the words as long as they are there, or the code.
    reason: Mapped[str] = column_property(
        case(
            (reason_digest == "", code),
            else_=func.coalesce(
                select(ActionReason.words).where(ActionReason.action_id == id).scalar_subquery(), ""
            ),
        )
    )

    actor: Mapped[Member | None] = related(foreign_keys=[actor_id])
    space: Mapped[Space | None] = related()


class ActionLink(Model):
    """The place of a line in its chain, and the digest of that line and all before it: `domain/audit/chains.py`."""

    __tablename__ = "action_link"
    __table_args__ = (UniqueConstraint("action_id"),)
    NETWORK = 0  # the chain of what belongs to no space
    # The id of a space or NETWORK, so no foreign key.
    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    action_id: Mapped[int] = mapped_column(ForeignKey("moderation_action.id"))
    digest: Mapped[str] = mapped_column(String(64))
