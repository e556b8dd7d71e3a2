"""Real workers that start within a tenth of a second and hurry: forked from a process that has the forum in memory.

What is shorter than in earnest stands in `hurry`. Everything else is the worker of `flask worker`: its threads, its
heartbeat, its claims.
"""

import multiprocessing
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.engine import make_url

from forum import create_app
from forum.cli.supervisor import parent_death_signal
from forum.domain.mailing import mail_claims, workers
from forum.infra.connections import sqlite_file
from forum.infra.db import db
from forum.jobs import calendar, event_processing, heartbeat, sending
from forum.jobs import worker as worker_module
from forum.jobs.heartbeat import Heartbeat
from forum.models.events import Heartbeat as HeartbeatRow
from forum.models.mail import Lane

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.jobs.forked"])
LIVE, BEAT, WATCHED = 2.0, 0.3, 0.6  # seconds


@dataclass(frozen=True)
class Plan:
    """What a worker is to meet: at the turn-th time that it comes to `point`, `what` happens there.

    `kill`: SIGKILL. `tell`: it says so to the test and goes on when it is answered.
    """

    point: str = ""
    turn: int = 1
    what: str = "kill"
    lanes: tuple[Lane, ...] = tuple(Lane)
    break_it: str = ""  # the name of a mutant below
    in_earnest: bool = False  # with the waits of `flask worker`
    finish: float = worker_module.FINISH  # seconds for the letter in hand when it is told to end


class Forked:
    """A worker as a process of its own."""

    def __init__(self, app: Flask, smtp_url: str, plan: Plan | None = None) -> None:
        settings = {
            "ENV_NAME": "testing",
            "SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"],
            "INSTANCE": app.config["INSTANCE"],
            "SMTP_URL": smtp_url,
        }
        self._database = sqlite_file(make_url(app.config["SQLALCHEMY_DATABASE_URI"]))
        self.told, theirs = FORKS.Pipe()
        self.log = Path(app.config["INSTANCE"]) / "worker.log"
        plan = plan or Plan()
        self.process = FORKS.Process(target=_work, args=(settings, plan, theirs, str(self.log)), daemon=True)
        self.process.start()

    def send_signal(self, number: int) -> None:
        """Send the process a signal."""
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    def freeze(self) -> None:
        """Stop it as it is, until SIGCONT; not while it writes: SQLite's lock would stay with it, for everybody."""
        self.send_signal(signal.SIGSTOP)
        while self._database is not None and not _is_free(self._database):
            self.send_signal(signal.SIGCONT)
            time.sleep(0.05)
            self.send_signal(signal.SIGSTOP)

    def shows_alive(self, app: Flask) -> bool:
        """Whether it has a heartbeat by now: then it listens for signals."""
        with app.app_context():
            names = db.session.scalars(db.select(HeartbeatRow.name)).all()
            db.session.remove()
        return any(f"-{self.process.pid}-" in name for name in names)

    def ended(self, within: float = 60) -> int | None:
        """Wait so many seconds for its end; the exit code, None while it still runs."""
        self.process.join(within)
        return self.process.exitcode

    def end(self, within: float = 12) -> int | None:
        """Tell it to end, and wait; the exit code."""
        self.send_signal(signal.SIGTERM)
        return self.ended(within)


def _is_free(database: Path) -> bool:
    with closing(sqlite3.connect(database, isolation_level=None, timeout=0.5)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
    return True


def _work(settings: dict[str, Any], plan: Plan, told: Connection, log: str) -> None:
    if ends_with_parent := parent_death_signal(os.getppid()):
        ends_with_parent()  # the test may be killed
    output = os.open(log, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
    os.dup2(output, 2)
    worker_module.FINISH = plan.finish
    if not plan.in_earnest:
        hurry()
    if plan.point:
        _plant(plan, told)
    MUTANTS.get(plan.break_it, lambda: None)()
    sys.exit(worker_module.Worker(create_app(settings), plan.lanes).run())


def hurry() -> None:
    """Shorten what would take minutes."""
    heartbeat.EVERY, heartbeat.LATE = BEAT, LIVE / 2
    recover: Any = Heartbeat.recover
    recover.__kwdefaults__ = {"silent_for": timedelta(seconds=LIVE), "watched_for": WATCHED}
    workers.LIVE = timedelta(seconds=LIVE)
    uncertain: Any = mail_claims.mark_uncertain
    uncertain.__kwdefaults__ = {"again_after": timedelta(0)}
    sending.FIRST_PAUSE, sending.LONGEST_PAUSE = 0.2, 1.0
    worker_module.LOOK = 0.5


def _plant(plan: Plan, told: Connection) -> None:
    if plan.what == "kill":
        os.environ["FAILPOINT"] = f"{plan.point}:{plan.turn}"
        return
    turns = 0

    def reached(name: str) -> None:
        nonlocal turns
        turns += name == plan.point
        if name == plan.point and turns == plan.turn:
            told.send(name)
            told.recv()

    for module in (sending, event_processing, calendar):
        module.failpoint = reached  # type: ignore[attr-defined]


def _book_before_sending() -> None:
    def hand_over(claim: sending.Claim, _notices: tuple[int, ...]) -> None:
        claim.finish_sent(None)
        sending.failpoint("mail.made")

    sending.Claim.hand_over = hand_over  # type: ignore[method-assign]


def _check_no_claim() -> None:
    mail_claims.hand_over = lambda *args: True  # type: ignore[assignment]


def _hang_the_heartbeat() -> None:
    show = Heartbeat.show

    def once(pulse: Heartbeat) -> None:
        if pulse._last is not None:
            threading.Event().wait()
        show(pulse)

    Heartbeat.show = once  # type: ignore[method-assign]


def _show_nothing_for_it() -> None:
    _hang_the_heartbeat()
    Heartbeat.show_if_late = lambda pulse: None  # type: ignore[method-assign]


def _take_nothing_back() -> None:
    mail_claims.take_back = lambda *args, **options: []  # type: ignore[assignment]


MUTANTS: dict[str, Callable[[], None]] = {
    "hang the heartbeat": _hang_the_heartbeat,
    "hang the heartbeat, and let nobody beat for it": _show_nothing_for_it,
    "book before sending": _book_before_sending,
    "check no claim": _check_no_claim,
    "take nothing back": _take_nothing_back,
}
