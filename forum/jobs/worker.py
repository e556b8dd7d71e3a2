"""The worker: events, lanes and calendar, each in a thread of its own. What to do stands only in their tables.

None of them waits for another. Each looks at its table when it is woken, and every few seconds whatever happens; what
passes by itself (a database or a mail server that is away, a full disk) is logged, and tried again.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from types import FrameType
from typing import Any

from flask import Flask, current_app, has_app_context
from sqlalchemy.exc import SQLAlchemyError

from forum.domain.mailing import mail_claims
from forum.infra import failures, wakeups
from forum.infra.connections import PATIENCE, reading, set_patience
from forum.infra.db import db
from forum.jobs import calendar, event_processing, heartbeat
from forum.jobs.heartbeat import Heartbeat
from forum.jobs.sending import Sender
from forum.jobs.stumbles import Stumbles
from forum.models.mail import Lane

log = logging.getLogger(__name__)
LOOK = 5.0  # seconds after which a thread looks at its table, woken or not
FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0  # seconds to wait after a failure, twice as long each time
# When it is to end, in seconds: letters in hand are finished until the first, connections are cut then, and after the
# second the process ends whatever happens.
FINISH, END = 5.0, 8.0


class Worker:
    """The threads of one process, from `run` until it is told to end."""

    def __init__(self, app: Flask, lanes: Collection[Lane] = tuple(Lane)) -> None:
        self.app = app
        self.heartbeat = Heartbeat(lanes)
        self.senders = [
            Sender(lane, self.heartbeat.name, self.heartbeat.show_if_late) for lane in Lane if lane in lanes
        ]
        self._stumbles = Stumbles()  # of events
        self._is_told = False  # to end
        self._is_prepared = False  # whether recurring work has its rows
        self._stop = threading.Event()
        self._wakes: list[threading.Event] = []

    def run(self) -> int:
        """Work until SIGINT or SIGTERM; return the exit code: 1 when a thread ended by itself, which none should."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note_signal)
        threads = [
            self._thread("heartbeat", self._beat, every=heartbeat.EVERY),
            self._thread("events", self._process_events),
            self._thread("calendar", self._do_recurring_work),
            *(self._thread(sender.lane, partial(self._send, sender)) for sender in self.senders),
        ]
        for thread in (*threads, threading.Thread(target=self._watch, name="watch", daemon=True)):
            thread.start()
        dead: list[str] = []
        while not self._is_told and not dead:
            time.sleep(0.2)
            dead = [thread.name for thread in threads if not thread.is_alive()]
        if dead:
            log.critical("the thread %s of the worker ended by itself", ", ".join(dead))
        code = 1 if dead else 0
        self._stop_threads()
        self._end(threads, code)
        return code

    def _note_signal(self, _number: int, _frame: FrameType | None) -> None:
        # Nothing else: what a handler interrupts may hold the lock that it would wait for.
        self._is_told = True

    def _stop_threads(self) -> None:
        """Let every thread finish what it has in hand, and end."""
        for sender in self.senders:
            sender.stop.set()
        self._stop.set()
        self.wake()

    def wake(self) -> None:
        """Let every thread look at its table now."""
        for wake in self._wakes:
            wake.set()

    def _end(self, threads: list[threading.Thread], code: int) -> None:
        asked_at = time.monotonic()
        _join(threads, asked_at + FINISH)
        for sender in self.senders:
            sender.shut_down()
        _join(threads, asked_at + END)
        late = [thread.name for thread in threads if thread.is_alive()]
        if not late:
            last = threading.Thread(target=self._end_heartbeat, name="heartbeat", daemon=True)
            last.start()  # a server that is frozen at this moment never answers
            _join([last], asked_at + END)
            late = [last.name] if last.is_alive() else []
        if late:
            log.warning("the worker ends while %s is still at work", ", ".join(late))
            logging.shutdown()
            os._exit(code)  # Python would wait for threads that hang; others find what they had in hand

    def _end_heartbeat(self) -> None:
        with self.app.app_context():
            try:
                set_patience(1.0)
                self.heartbeat.end()
            except SQLAlchemyError as error:
                log.info("the heartbeat of this worker stays: %s", type(error).__name__)

    def _thread(self, name: str, work: Callable[[], bool], *, every: float | None = None) -> threading.Thread:
        """A thread that does `work` over and over: at once when there may be more, else when it is woken or after LOOK.

        With `every` it does it after so many seconds, and is woken only while it waits for the database.
        """
        wake = threading.Event()
        self._wakes.append(wake)

        def loop() -> None:
            failed = 0
            while not self._stop.is_set():
                wake.clear()
                try:
                    with self.app.app_context():
                        more, failed = work(), 0
                except Exception as error:
                    failed += 1
                    if failures.of(error) is None:
                        log.exception("the thread %s of the worker failed, and goes on", name)
                    elif failed == 1:
                        log.warning("the thread %s of the worker waits: %s", name, type(error).__name__)
                    self._stop.wait(FIRST_WAIT)
                    # Who watches the database is the first to know that it is back, and wakes all.
                    waits = self._stop if failures.of(error) is None else wake
                    waits.wait(min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failed, 10)))
                    continue
                if every is not None:
                    self._stop.wait(every)
                elif not more:
                    wake.wait(LOOK)

        return threading.Thread(target=loop, name=name, daemon=True)

    def _beat(self) -> bool:
        set_patience(PATIENCE)  # whoever holds a row for ever must not silence this process too
        self.heartbeat.show()
        self.heartbeat.recover()
        return False

    def _process_events(self) -> bool:
        with reading():
            due = event_processing.anything_due()
            db.session.commit()
        return due and event_processing.process_due(self._stumbles) > 0

    def _do_recurring_work(self) -> bool:
        if not self._is_prepared:
            calendar.prepare()
            self._is_prepared = True
        with reading():  # most times there is nothing, and SQLite's lock is for others
            due = calendar.anything_due()
            db.session.commit()
        if due:
            calendar.do_due(self.heartbeat.name)
        return False

    def _send(self, sender: Sender) -> bool:
        if (seconds := sender.seconds_to_rest()) > 0:
            self._stop.wait(seconds)
        return sender.send_due() > 0

    def _watch(self) -> None:
        with self.app.app_context():
            engine = db.engine
        wakeups.watch(engine, self.wake, self._stop)


def run_until_idle(app: Flask | None = None, lanes: Collection[Lane] = tuple(Lane)) -> int:
    """Process everything that is due, in this thread; return how many events and mails were finished."""
    with _inside(app):
        pulse = _heartbeat_here(lanes)
        senders = [Sender(lane, pulse.name) for lane in lanes]
        total = 0
        while done := event_processing.process_due() + sum(sender.send_due() for sender in senders):
            pulse.touch()
            total += done
        return total


def do_what_is_due(
    app: Flask | None = None, lanes: Collection[Lane] = tuple(Lane), *, watched_for: float = 0
) -> None:
    """Take back what dead workers left, do the recurring work that is due, and then everything that comes of it.

    Who seems dead is watched for so many seconds first. Who stays in doubt, as their clock is wrong, keeps their mail.
    """
    with _inside(app):
        pulse = _heartbeat_here(lanes)
        pulse.show()
        pulse.recover(watched_for=watched_for)
        until = time.monotonic() + watched_for + heartbeat.EVERY
        while pulse.watches and time.monotonic() < until:
            time.sleep(1)
            pulse.recover(watched_for=watched_for)
        calendar.prepare()
        run_until_idle(lanes=lanes)
        calendar.do_due(pulse.name)
        run_until_idle(lanes=lanes)


def work_off(app: Flask, lanes: Collection[Lane] = tuple(Lane)) -> list[str]:
    """Do what is due, showing all the while that this process lives: it may take long.

    Return what is due all the same, by name: the events, or a lane whose mail server is away.
    """
    done = threading.Event()

    def beat() -> None:
        while not done.wait(heartbeat.EVERY):
            try:
                with app.app_context():
                    _heartbeat_here(lanes).show()
            except SQLAlchemyError as error:
                log.warning("no heartbeat: %s", type(error).__name__)

    threading.Thread(target=beat, name="heartbeat", daemon=True).start()
    try:
        do_what_is_due(app, lanes, watched_for=heartbeat.WATCHED)
        with app.app_context():
            events = ["events"] if event_processing.anything_due() else []
            return events + [lane for lane in lanes if mail_claims.anything_due(lane)]
    finally:
        done.set()
        with app.app_context():
            _heartbeat_here(lanes).end()


def _heartbeat_here(lanes: Collection[Lane]) -> Heartbeat:
    """The heartbeat of this process, where it works without threads."""
    kept: Heartbeat = current_app.extensions.setdefault("heartbeat", Heartbeat(lanes))
    return kept


def _join(threads: list[threading.Thread], until: float) -> None:
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def _inside(app: Flask | None) -> AbstractContextManager[Any]:
    """The context of `app`, or the one that is active already."""
    if app is None or (has_app_context() and current_app == app):
        return nullcontext()
    return app.app_context()
