"""huey, used only to wake the worker. What must be done stands in the tables of events and mail.

A lost task, a broken broker or a killed worker therefore loses nothing: the sweep of every minute finds it.
"""

import logging
import signal
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab

from forum.jobs import worker

log = logging.getLogger(__name__)
NAME = "leerkring"
HEALTH = 10.0  # seconds between two looks at the worker's thread
# What a request may lose on a broker that does not answer, as Redis wants it said: in the address.
PATIENCE = "socket_timeout=3&socket_connect_timeout=2"


class NoQueue(RuntimeError):
    """The configuration names no place where a worker could be woken."""


def init_app(app: Flask) -> None:
    """Connect the queue of this application; `memory:` has none, and wakes nobody."""
    queue = connect(app.config["JOBS_URL"])
    app.extensions["worker_queue"] = queue
    if queue is not None:
        app.extensions["wake_task"] = _tasks(app, queue)


def connect(url: str) -> Huey | None:
    """The queue behind a JOBS_URL: a SQLite file, Redis, PostgreSQL, or none for `memory:`."""
    scheme = urlsplit(url).scheme.split("+")[0]
    options: dict[str, Any] = {"results": False}
    if scheme == "memory":
        return None
    if scheme == "sqlite":
        path = Path(url.partition(":///")[2])
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey(NAME, filename=str(path), **options)
    if scheme in {"redis", "rediss"}:
        return RedisHuey(NAME, url=url + ("&" if "?" in url else "?") + PATIENCE, **options)
    if scheme in {"postgresql", "postgres"}:
        return PostgresHuey(NAME, dsn="postgresql:" + url.partition(":")[2], **options)
    raise NoQueue(f"JOBS_URL starts with {scheme}: choose sqlite, redis, postgresql or memory")


def wake_worker() -> None:
    """Wake the worker after a commit. A request never fails over it."""
    wake_task = current_app.extensions.get("wake_task")
    if wake_task is None:
        return
    try:
        wake_task()
    except Exception:
        log.exception("the worker could not be woken; its next round will find the work")


def run(app: Flask) -> None:
    """Be the worker until SIGINT or SIGTERM; what it is doing then is finished first."""
    queue: Huey | None = app.extensions["worker_queue"]
    if queue is None:
        raise NoQueue("JOBS_URL=memory: wakes nobody; use --until-idle, or name a file or a server")
    queue.flush()  # old wake-ups say nothing that the two rounds below do not find
    worker.recover(app)
    worker.open_digests(app)
    # One thread: mails go over one connection. It looks at the queue at least once a second.
    consumer = queue.create_consumer(workers=1, periodic=True, max_delay=1.0)
    consumer.start()
    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    while not ended.wait(HEALTH):
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
