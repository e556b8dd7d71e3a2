"""The sign of life of a worker: one row for each process, under a name of its own. `workers` tells who lives."""

import os
import secrets
import socket
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete

from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import upsert
from forum.models.events import Heartbeat
from forum.models.mail import Lane

KEPT = timedelta(days=1)  # heartbeats of workers that never ended well


def new_name() -> str:
    """Return a name for this process: machine, number of the process, and chance."""
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(3)}"


def note_alive(name: str, *, started_at: datetime, lanes: Collection[Lane]) -> None:
    """Write down that the worker of this name lives at this moment, and which lanes it sends."""
    written = ",".join(lane for lane in Lane if lane in lanes)
    row = {"name": name, "at": clock.now(), "started_at": started_at, "lanes": written}
    upsert(Heartbeat, [row], keys=("name",))


def note_ended(name: str) -> None:
    """Forget a worker that ended well."""
    db.session.execute(delete(Heartbeat).where(Heartbeat.name == name))


def forget_silent() -> None:
    """Forget workers that have been silent for a day."""
    db.session.execute(delete(Heartbeat).where(Heartbeat.at < clock.now() - KEPT))
