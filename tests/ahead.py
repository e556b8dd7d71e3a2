"""The suite on another day: its clock runs `TEST_AHEAD` hours ahead, since no test may hold on some days only.

Processes that a test starts keep the clock of the machine.
"""

import os
from datetime import datetime, timedelta, tzinfo

from forum.infra import clock

AHEAD = timedelta(hours=float(os.environ.get("TEST_AHEAD", "0")))


class _Ahead(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + AHEAD


def run() -> None:
    """Let the clock of this process run ahead, if it was asked."""
    if AHEAD:
        clock.datetime = _Ahead  # type: ignore[misc]
