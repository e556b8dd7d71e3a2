"""What members follow, which decides what they are told; how that reaches their mailbox is `subscriptions`."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice


class FollowLevel(enum.StrEnum):
    """What somebody is told of a thread or a space. The choice for a thread goes before that for its space."""

    ALL = "all"  # every post
    ANSWERS = "answers"  # to what they wrote, and mentions
    NOTHING = "nothing"  # muted; what is asked of them or done to their words is told all the same


class ThreadFollow(Model):
    """What one member is told of a thread. Who begins or answers one follows it until they choose otherwise."""

    __tablename__ = "thread_follow"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    level: Mapped[FollowLevel] = mapped_column(choice(FollowLevel))
    chosen: Mapped[bool]  # by the member, and not because they wrote in it
    changed_at: Mapped[datetime]


class SpaceFollow(Model):
    """What one member is told of a space, chosen by them; without a row only of answers."""

    __tablename__ = "space_follow"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    space_id: Mapped[int] = mapped_column(
        ForeignKey("space.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    level: Mapped[FollowLevel] = mapped_column(choice(FollowLevel))
    changed_at: Mapped[datetime]


class Mention(Model):
    """A member whom the text of a post names with @handle; drawn with the name that they have when it is read."""

    __tablename__ = "mention"
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    handle: Mapped[str] = mapped_column(String(40))  # as typed
    revision: Mapped[int] = mapped_column(SmallInteger)  # of the post: the first that mentioned them
