"""Spaces, who belongs to them, who is invited, and who asks to join."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, related, where
from forum.infra.sort_keys import SortedByName
from forum.models.accounts import Body, Capacity, Level, Member


class SpaceKind(enum.StrEnum):
    """Three kinds of space."""

    CITY = "city"
    GROUP = "group"
    NETWORK = "network"


class Audience(enum.StrEnum):
    """Who may read: the space's own people, every approved member, anybody."""

    SPACE = "space"
    NETWORK = "network"
    PUBLIC = "public"

    @property
    def rank(self) -> int:
        """Return 0, 1 or 2: a wider audience has the higher rank."""
        return _FROM_FEW_TO_MANY.index(self)


class MailPolicy(enum.StrEnum):
    """How much of what is written in a space may stand in a mail."""

    FULL = "full"
    EXCERPT = "excerpt"
    TITLE = "title"
    LINK = "link"  # not even the title


_FROM_FEW_TO_MANY = [Audience.SPACE, Audience.NETWORK, Audience.PUBLIC]


class Role(enum.StrEnum):
    """The role of a member in a space."""

    GUEST = "guest"
    MEMBER = "member"
    MODERATOR = "moderator"


class Space(SortedByName, Model):
    """A city, a working group or the network's own square."""

    __tablename__ = "space"
    SLUG_MAX, NAME_MAX = 60, 80
    __table_args__ = (
        # An unlisted space exists only for its members, so nothing in it may ever be wider.
        CheckConstraint("unlisted_at IS NULL OR widest_audience = 'space'", name="unlisted_stays_inside"),
        Index("ix_space_sort_key_id", "sort_key", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(SLUG_MAX), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    description: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[SpaceKind] = mapped_column(choice(SpaceKind))
    city: Mapped[str | None] = mapped_column(String(20))
    default_audience: Mapped[Audience] = mapped_column(choice(Audience, name="default_audience"))
    widest_audience: Mapped[Audience] = mapped_column(choice(Audience, name="widest_audience"))
    unlisted_at: Mapped[datetime | None]
    # None: titles of what only its own people read, and first words of the rest.
    mail_policy: Mapped[MailPolicy | None] = mapped_column(choice(MailPolicy))
    created_at: Mapped[datetime]


class Membership(Model):
    """A role of one person in one space, since when and by whom. An ended row stays, as history.

    A guest's may end at a moment that was chosen: whether a row holds, `policy.standing.belonging` says.
    """

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_current",
            "member_id",
            "space_id",
            unique=True,
            **where("ended_at IS NULL"),
        ),
        Index("ix_membership_space_id_role", "space_id", "role"),
        # The newest of a space. What its list asks of each stands in it, or PostgreSQL reads and sorts all of them.
        Index(
            "ix_membership_space_id_since_at_id",
            "space_id",
            "since_at",
            "id",
            postgresql_include=["member_id", "role", "ends_at"],
            **where("ended_at IS NULL"),
        ),
        Index("ix_membership_ends_at", "ends_at", **where("ended_at IS NULL AND ends_at IS NOT NULL")),
        CheckConstraint("ends_at IS NULL OR role = 'guest'", name="only_guests_end"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(choice(Role))
    since_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    ends_at: Mapped[datetime | None]
    end_told_at: Mapped[datetime | None]  # when it was told that this end comes near

    member: Mapped[Member] = related(foreign_keys=[member_id])
    space: Mapped[Space] = related()


class Invitation(Model):
    """A moderator's invitation by mail to one space and role; the link in the mail is signed, and ends with the row."""

    __tablename__ = "invitation"
    NOTE_MAX = 500
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR role = 'guest'", name="only_guests_end"),
        Index("ix_invitation_accepted_by_id", "accepted_by_id", **where("accepted_by_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(Member.EMAIL_MAX))
    role: Mapped[Role] = mapped_column(choice(Role))
    locale: Mapped[str] = mapped_column(String(5))
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    # Who invited stays as it was, also when somebody else answers for it; none once their account is gone.
    invited_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id", ondelete="SET NULL"), index=True
    )
    # Who answers for it now: who invited, or who took it over from them.
    responsible_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]  # when the membership of who accepts it ends
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None]

    space: Mapped[Space] = related()
    invited_by: Mapped[Member | None] = related(foreign_keys=[invited_by_id])
    responsible: Mapped[Member] = related(foreign_keys=[responsible_id])

    @property
    def inviter(self) -> Member:
        """Return whom it names: who invited, or once their account is gone who answers for it."""
        return self.invited_by or self.responsible


class JoinRequest(Model):
    """Somebody asks to belong to a space; a moderator answers."""

    __tablename__ = "join_request"
    MESSAGE_MAX = 500
    __table_args__ = (UniqueConstraint("member_id", "space_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    message: Mapped[str] = mapped_column(String(MESSAGE_MAX), default="")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    accepted: Mapped[bool | None]

    member: Mapped[Member] = related(foreign_keys=[member_id])
    space: Mapped[Space] = related()


class AccessRequest(Model):
    """Somebody without an account asks for access; what was filled in stays as it was sent.

    It is nobody's until the link in its e-mail is opened: then it becomes an account, with a `JoinRequest` that
    moderators see. One that is never confirmed is deleted after a while.
    """

    __tablename__ = "access_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(Member.EMAIL_MAX), index=True)  # lower case, always
    stamp: Mapped[str] = mapped_column(String(32))  # part of the link
    name: Mapped[str] = mapped_column(String(Member.NAME_MAX))
    function: Mapped[str] = mapped_column(String(Capacity.FUNCTION_MAX))
    level: Mapped[Level] = mapped_column(choice(Level))
    body: Mapped[Body] = mapped_column(choice(Body))
    city: Mapped[str | None] = mapped_column(String(20))  # a code of models.cities; none: for the network
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    message: Mapped[str] = mapped_column(String(JoinRequest.MESSAGE_MAX), default="")
    locale: Mapped[str | None] = mapped_column(String(5))
    asked_at: Mapped[datetime] = mapped_column(index=True)

    space: Mapped[Space] = related()
