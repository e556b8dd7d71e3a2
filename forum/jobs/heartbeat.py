"""The worker's sign of life, and what it does about workers that give none: their mail is taken back."""

import time
from collections.abc import Collection
from datetime import datetime, timedelta

from forum.domain.mailing import heartbeats, mail_claims, workers
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import outcomes
from forum.models.mail import Lane

EVERY = 10.0  # seconds between two signs of life
# Seconds for which a silent worker is watched before its mail is taken: after the database was away, nobody has shown
# that they live, and whoever does must have time to.
WATCHED = 15.0
# Seconds without a sign, after which threads that work show for it that this process lives: others would send, beside
# them, what they have in hand.
LATE = 25.0
SET_BACK = timedelta(minutes=1)  # the clock, by so much or more


class Heartbeat:
    """The heartbeat of one process."""

    def __init__(self, lanes: Collection[Lane] = tuple(Lane)) -> None:
        self.name = heartbeats.new_name()
        self.lanes = lanes
        self.started_at = clock.now()
        self.watches = False  # a worker that is silent, and may yet be dead
        self._last: float | None = None
        self._watched: dict[tuple[str | None, datetime | None], float] = {}
        self._looked: tuple[float, datetime] | None = None  # when it was looked for the dead, by both clocks

    def touch(self) -> None:
        """Show that this process lives, at most once in ten seconds; commits."""
        if self._last is None or time.monotonic() - self._last >= EVERY:
            self.show()

    def show(self) -> None:
        """Show that this process lives; commits."""
        heartbeats.note_alive(self.name, started_at=self.started_at, lanes=self.lanes)
        db.session.commit()
        self._last = time.monotonic()

    def show_if_late(self) -> None:
        """Show that this process lives where its own thread does not come to it, in a transaction of another one."""
        if self._last is not None and time.monotonic() - self._last >= LATE:
            heartbeats.note_alive(self.name, started_at=self.started_at, lanes=self.lanes)

    def end(self) -> None:
        """Show that it ended; commits."""
        heartbeats.note_ended(self.name)
        db.session.commit()

    def recover(self, *, silent_for: timedelta = workers.LIVE, watched_for: float = WATCHED) -> int:
        """Take back the mail of workers that are dead; return of how many workers. Commits.

        Dead is who was silent for so long, and has not shown anything for the seconds in which this process watched.
        """
        seconds, now = time.monotonic(), clock.now()
        if self._looked is None or seconds - self._looked[0] > silent_for.total_seconds() / 2:
            self._watched = {}  # nobody watched meanwhile: neither they nor this process came to the database
        if (
            self._looked is None
            or now - self._looked[1] < timedelta(seconds=seconds - self._looked[0]) - SET_BACK
        ):
            mail_claims.move_up()
        self._looked = seconds, now
        owners = mail_claims.owners()
        owners.pop(self.name, None)
        self._watched = {owner: self._watched.get(owner, seconds) for owner in owners.items()}
        silent = {
            name: since
            for (name, at), since in self._watched.items()
            # A sign from the future is from before the clock was set back.
            if not (at and now - silent_for <= at <= now + workers.LIVE)
        }
        dead = {name for name, since in silent.items() if seconds - since >= watched_for}
        self.watches = len(silent) > len(dead)
        if dead:
            for mail in mail_claims.take_back(dead):
                outcomes.after(mail)
        heartbeats.forget_silent()
        db.session.commit()
        db.session.expire_all()
        return len(dead)
