"""Events, written in the same transaction as the change itself, and the heartbeat of the worker that processes them."""

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
    """When a worker last showed that it lives."""

    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
