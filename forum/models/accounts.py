"""Members, the capacities in which they speak, and the devices on which they are signed in."""

import enum
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, true
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice, related, where
from forum.infra.sort_keys import SortedByName


class Level(enum.StrEnum):
    """Where in an organisation someone works. It is shown, and never orders anything."""

    FIELD = "field"
    STAFF = "staff"
    LEAD = "lead"
    POLITICS = "politics"


class Body(enum.StrEnum):
    """For which kind of organisation someone speaks."""

    CITY = "city"
    OCMW = "ocmw"
    ASSOCIATION = "association"
    COMPANY = "company"
    CITIZENS = "citizens"
    ACADEMIC = "academic"
    GOVERNMENT = "government"
    NETWORK = "network"


class Confirmation(enum.StrEnum):
    """Who confirmed that somebody speaks in a capacity."""

    MODERATOR = "moderator"  # of the space of that city, or of one that hosts a guest without a city
    INVITATION = "invitation"  # of that city's own space
    ADMIN = "admin"
    OPERATOR = "operator"  # the command line


class NetworkRole(enum.StrEnum):
    """What someone may do for the whole network."""

    EDITOR = "editor"
    ADMIN = "admin"


class Member(SortedByName, Model):
    """A person with an account. They take part once `approved_at` is set and while `suspended_at` is not."""

    __tablename__ = "member"
    __table_args__ = (Index("ix_member_sort_key_id", "sort_key", "id"),)
    NAME_MAX, EMAIL_MAX = 80, 254
    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    email: Mapped[str] = mapped_column(String(EMAIL_MAX), unique=True)  # lower case, always
    password_hash: Mapped[str | None] = mapped_column(String(200))
    # Part of every reset link, renewed when the password or address changes: older links expire at once.
    password_stamp: Mapped[str] = mapped_column(String(32), default="")
    locale: Mapped[str | None] = mapped_column(String(5))
    # Of the last page, where their browser chose it.
    locale_seen: Mapped[str | None] = mapped_column(String(5))
    timezone: Mapped[str] = mapped_column(String(40), default="Europe/Brussels")
    theme: Mapped[str | None] = mapped_column(String(5))
    shortcuts: Mapped[bool] = mapped_column(default=True, server_default=true())  # single keys do something
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    # Everything up to this moment counts as read, so that a newcomer does not start with everything unread.
    all_read_at: Mapped[datetime | None]

    capacities: Mapped[list["Capacity"]] = related(
        back_populates="member", order_by="Capacity.starts_on", foreign_keys="Capacity.member_id"
    )

    @property
    def letter_locale(self) -> str | None:
        """Return the language of letters to them: the chosen one, else that of the last page they saw."""
        return self.locale or self.locale_seen


class Capacity(Model):
    """In what function, at what level, for which body and city someone speaks, from when to when.

    It counts (for the ring, what a lesson rests on, a review) once it is confirmed; unconfirmed it is only shown.
    """

    __tablename__ = "capacity"
    FUNCTION_MAX, REASON_MAX = 100, 300
    __table_args__ = (
        Index("ix_capacity_member_id_ends_on", "member_id", "ends_on"),
        Index("ix_capacity_waiting", "id", **where("confirmed_at IS NULL AND refused_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    function: Mapped[str] = mapped_column(String(FUNCTION_MAX))
    level: Mapped[Level] = mapped_column(choice(Level))
    body: Mapped[Body] = mapped_column(choice(Body))
    city: Mapped[str | None] = mapped_column(String(20))  # a code of models.cities; none: for the network
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    added_at: Mapped[datetime | None]  # none: before capacities were confirmed
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    confirmation: Mapped[Confirmation | None] = mapped_column(choice(Confirmation))
    refused_at: Mapped[datetime | None]
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    refused_reason: Mapped[str] = mapped_column(String(REASON_MAX), default="", server_default="")
    # What was said and done under it until this moment counts, also where nobody confirmed it since.
    counts_until: Mapped[datetime | None]
    affirmed_at: Mapped[datetime | None]  # its member said last that it is still right
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    member: Mapped[Member] = related(back_populates="capacities", foreign_keys=[member_id])


class NetworkAppointment(Model):
    """A network role: who has it, since when, by whom, and when it ended."""

    __tablename__ = "network_appointment"
    __table_args__ = (
        Index(
            "uq_network_appointment_current",
            "member_id",
            "role",
            unique=True,
            **where("ended_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    role: Mapped[NetworkRole] = mapped_column(choice(NetworkRole))
    since_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]


class SignIn(Model):
    """One device on which someone is signed in; ending the row signs that device out on its next request."""

    __tablename__ = "sign_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    secret_digest: Mapped[str] = mapped_column(String(64), unique=True)  # only the cookie holds the secret
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
