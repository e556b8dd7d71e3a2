"""What the worker works from: events, written with the change itself, and recurring work; and its heartbeat."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model


class Event(Model):
    """`noun.past_participle` and ids; reactions load fresh rows, which may be hidden by then."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_handled_at_next_try_at", "handled_at", "next_try_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]  # given up; a person must look
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")


class Heartbeat(Model):
    """When a worker last showed that it lives: one row for each, gone when it ends well."""

    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    lanes: Mapped[str] = mapped_column(String(60), default="", server_default="")


class RecurringWork(Model):
    """Work of the calendar: when it was last done and when it is due next. A worker claims it while it does it."""

    __tablename__ = "recurring_work"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last_at: Mapped[datetime | None]
    next_at: Mapped[datetime]
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)  # in a row
    last_error: Mapped[str] = mapped_column(Text, default="")
