"""huey, and nothing but a bell: it wakes the worker. What must be done stands in the outbox tables.

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
    """Build the bell for this application; `memory:` has none, and rings nowhere."""
    bell = connect(app.config["JOBS_URL"])
    app.extensions["bell"] = bell
    if bell is not None:
        app.extensions["ring"] = _tasks(app, bell)


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


def wake() -> None:
    """Ring for the worker after a commit. A request never fails over it."""
    ring = current_app.extensions.get("ring")
    if ring is None:
        return
    try:
        ring()
    except Exception:
        log.exception("the worker could not be woken; its sweep will find the work")


def run(app: Flask) -> None:
    """Be the worker until SIGINT or SIGTERM; what it is doing then is finished first."""
    bell: Huey | None = app.extensions["bell"]
    if bell is None:
        raise NoQueue("JOBS_URL=memory: wakes nobody; use --until-idle, or name a file or a server")
    bell.flush()  # old rings say nothing that the two rounds below do not find
    worker.sweep(app)
    worker.open_digests(app)
    # One thread: mails go over one connection. It looks at the queue at least once a second.
    consumer = bell.create_consumer(workers=1, periodic=True, max_delay=1.0)
    consumer.start()
    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    while not ended.wait(HEALTH):
        consumer.check_worker_health()
    consumer.stop(graceful=True)


def _tasks(app: Flask, bell: Huey) -> Any:
    @bell.task(name="work_off")
    def work_off() -> None:
        worker.drain(app)

    @bell.periodic_task(crontab(minute="*"), name="sweep")
    def sweep() -> None:
        worker.sweep(app)

    @bell.periodic_task(crontab(minute="*/5"), name="open_digests")
    def open_digests() -> None:
        worker.open_digests(app)

    return work_off
