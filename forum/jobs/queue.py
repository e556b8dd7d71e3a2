"""The huey queue, used only to wake the worker. What must be done stands in the tables of events and mail.

A lost task, a broken broker or a killed worker therefore loses nothing: `recover` finds it within a minute.
"""

import logging
import signal
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab

from forum.infra import private_files
from forum.jobs import worker

log = logging.getLogger(__name__)
NAME = "leerkring"
HEALTH_INTERVAL = 10.0  # seconds between two checks of the worker's thread
# How long a request waits for a Redis that does not answer; redis-py reads it from the URL.
REDIS_TIMEOUTS = "socket_timeout=3&socket_connect_timeout=2"


class NoQueue(RuntimeError):
    """The configuration names no queue through which a worker could be woken."""


def init_app(app: Flask) -> None:
    """Connect the queue of this application; with `memory:` there is none, and nobody is woken."""
    queue = connect(app.config["JOBS_URL"])
    app.extensions["worker_queue"] = queue
    if queue is not None:
        app.extensions["wake_task"] = _tasks(app, queue)


def connect(url: str) -> Huey | None:
    """Return the queue of a JOBS_URL: SQLite, Redis or PostgreSQL, None for `memory:`; NoQueue for another scheme."""
    scheme = urlsplit(url).scheme.split("+")[0]
    options: dict[str, Any] = {"results": False}
    if scheme == "memory":
        return None
    if scheme == "sqlite":
        path = Path(url.partition(":///")[2])
        try:
            private_files.make_database(path)
        except private_files.Unwritable as error:
            log.error("Nobody can be woken: %s", error)
            return None
        return SqliteHuey(NAME, filename=str(path), **options)
    if scheme in {"redis", "rediss"}:
        return RedisHuey(NAME, url=url + ("&" if "?" in url else "?") + REDIS_TIMEOUTS, **options)
    if scheme in {"postgresql", "postgres"}:
        return PostgresHuey(NAME, dsn="postgresql:" + url.partition(":")[2], **options)
    raise NoQueue(f"JOBS_URL starts with {scheme}: choose sqlite, redis, postgresql or memory")


def wake_worker() -> None:
    """Wake the worker after a commit. A failure is logged, and never fails the request."""
    wake_task = current_app.extensions.get("wake_task")
    if wake_task is None:
        return
    try:
        wake_task()
    except Exception:
        log.exception("the worker could not be woken; its next round will find the work")


def run(app: Flask) -> None:
    """Run the worker until SIGINT or SIGTERM; what it is doing then is finished first. NoQueue for `memory:`."""
    queue: Huey | None = app.extensions["worker_queue"]
    if queue is None:
        raise NoQueue("JOBS_URL=memory: wakes nobody; use --until-idle, or name a file or a server")
    queue.flush()  # the two calls below find whatever old wake-ups announced
    worker.recover(app)
    worker.open_digests(app)
    # One thread, because mails go over one connection; it polls the queue at least once a second.
    consumer = queue.create_consumer(workers=1, periodic=True, max_delay=1.0)
    consumer.start()
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(HEALTH_INTERVAL):
        consumer.check_worker_health()
    consumer.stop(graceful=True)


def _tasks(app: Flask, queue: Huey) -> Any:
    @queue.task(name="process_due")
    def process_due() -> None:
        worker.run_until_idle(app)

    @queue.periodic_task(crontab(minute="*"), name="recover")
    def recover() -> None:
        worker.recover(app)

    @queue.periodic_task(crontab(minute="*/5"), name="open_digests")
    def open_digests() -> None:
        worker.open_digests(app)

    return process_due
