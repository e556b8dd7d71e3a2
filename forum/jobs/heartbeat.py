"""The worker's heartbeat, also in the middle of a long run."""

import time

from flask import current_app

from forum.domain import health
from forum.infra.db import db

EVERY = 20.0  # seconds
_LAST = "last_beat"


def touch() -> None:
    """Note that this worker lives, at most once in twenty seconds; commits."""
    last = current_app.extensions.get(_LAST)
    if last is not None and time.monotonic() - last < EVERY:
        return
    health.note_alive()
    db.session.commit()
    current_app.extensions[_LAST] = time.monotonic()
