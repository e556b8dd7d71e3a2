"""Database, disk and Redis are taken away from worker and pages together: what goes on, what waits, and how long until
everything works again. With the waits of `flask worker`.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

import pytest
import redis
from flask_migrate import upgrade
from sqlalchemy.exc import SQLAlchemyError

from forum.cli.start import serving
from forum.domain import health
from forum.domain.checks import Check
from forum.domain.mailing import events
from forum.infra import clock
from forum.infra.connections import reading
from forum.infra.db import db
from forum.models.events import Heartbeat, RecurringWork
from forum.models.mail import Lane, MailState, OutgoingMail
from tests.cli.test_start import children, free_port
from tests.conftest import POSTGRES, copied_database
from tests.factories import make_member
from tests.jobs.forked import Forked, Plan
from tests.jobs.workers import COMMAND, ROOT, arrived, environment, queue, states, until
from tests.live.served import app_on, ground, served, tell
from tests.live.test_faults import DURABLE, fill
from tests.postgres import PostgresServer
from tests.smtp_server import SmtpServer, smtp_server
from tests.sweeps import on_one_database

pytestmark = [pytest.mark.live, pytest.mark.proof, pytest.mark.timeout(600)]
LETTERS, SLOW = 400, 0.02  # and the seconds that the server takes for each
HEALTHY = 12.0  # seconds, at most, from the database's return until everything works


class Scene:
    """A forum that is served, a worker, a mail server, and letters that are under way."""

    def __init__(self, app, port: int, smtp: SmtpServer) -> None:
        self.app, self.smtp, self.asked = app, smtp, 0
        self.unready: list[Check] = []
        smtp.misbehave("end", wait=SLOW)
        (self.reader,) = ground(app, port)
        queue(app, LETTERS)
        self.worker = Forked(app, smtp.url, Plan(in_earnest=True))
        until(lambda: len(smtp.received) > LETTERS // 8, 60)
        self.ask()

    def ask(self) -> str:
        """Commit an event of which a direct letter comes; the key of its mail."""
        with self.app.app_context():
            event = events.record("password.changed", member_id=make_member(f"Waiting {self.asked}").id)
            db.session.commit()
            key = f"password_changed.{event.id}"
            db.session.remove()
        self.asked += 1
        return key

    def is_sent(self, key: str) -> bool:
        with self.app.app_context():
            query = db.select(OutgoingMail.state).where(OutgoingMail.key == key)
            found = db.session.scalar(query) == MailState.SENT
            db.session.remove()
        return found

    def is_ready(self) -> bool:
        """What `flask worker --ready` asks, without the seconds that a process takes to start."""
        with self.app.app_context(), reading():
            checks = health.worker_checks()
            db.session.remove()
        self.unready = [check for check in checks if not check.good]
        return not self.unready

    def measure(self) -> dict[str, float]:
        """From now, where the database is there again: the seconds until each thing works."""
        began, here = time.monotonic(), len(self.smtp.received)
        questions: dict[str, Callable[[], bool]] = {
            "bulk": lambda: len(self.smtp.received) > here,
            "ready": self.is_ready,
            "readyz": lambda: self.reader.get("/readyz").status == 200,
            "post": lambda: self.reader.reply("Weer daar.").status == 303,
        }
        found: dict[str, float] = {}

        def watch(name: str, question: Callable[[], bool]) -> None:
            while name not in found and time.monotonic() < began + 60:
                with suppress(SQLAlchemyError, OSError, HTTPException):
                    if question():
                        found[name] = round(time.monotonic() - began, 1)
                time.sleep(0.05)

        threads = [threading.Thread(target=watch, args=each) for each in questions.items()]
        for thread in threads:
            thread.start()
        key = self.ask()
        watch("direct", lambda: self.is_sent(key))
        for thread in threads:
            thread.join()
        return found

    def check(self, capsys, name: str, seconds: dict[str, float]) -> None:
        """Everything arrives once, by the same process, whose threads all work."""
        until(lambda: states(self.app) == {MailState.SENT: LETTERS + self.asked}, 120)
        moment = clock.now()
        until(lambda: min(self._signs()) > moment, 90)
        seen = arrived(self.smtp)
        twice = [each for each in seen.values() if each > 1]
        tell(capsys, f"{name}: seconds until {seconds}; {len(seen)} letters, {len(twice)} twice")
        assert self.worker.process.is_alive()
        assert self.worker.end() == 0
        assert len(seen) == LETTERS + self.asked
        assert not twice
        assert len(seconds) == 5, self.unready
        assert max(seconds.values()) < HEALTHY

    def _signs(self) -> list:
        """When heartbeat and calendar last gave one."""
        with self.app.app_context():
            found = [*db.session.scalars(db.select(Heartbeat.at))]
            found.append(db.session.get_one(RecurringWork, "look_at_drafts").last_at)
            db.session.remove()
        return found


@contextmanager
def scene(url: str, folder: Path) -> Iterator[Scene]:
    app, port = app_on(url, folder), free_port()
    with smtp_server(keep_content=False) as smtp, served(port, url, folder):
        yield Scene(app, port, smtp)
        with app.app_context():
            db.engine.dispose()


if POSTGRES:

    @pytest.fixture
    def server(tmp_path):
        made = PostgresServer(DURABLE)
        with app_on(made.url, tmp_path).app_context():
            upgrade()
            db.engine.dispose()
        yield made
        made.stop()

    def test_postgresql_crashes_and_is_away_for_half_a_minute(server, tmp_path, capsys):
        with scene(server.url, tmp_path) as found:
            server.stop(signal.SIGQUIT)
            time.sleep(30)
            assert found.reader.get("/healthz").status == 200
            assert found.reader.get("/readyz").status == 503
            server.start()
            found.check(capsys, "PostgreSQL away for 30 s", found.measure())

    def test_postgresql_crashes_twenty_times(server, tmp_path, capsys):
        with scene(server.url, tmp_path) as found:
            for _time in range(20):
                server.stop(signal.SIGQUIT)
                server.start()
                time.sleep(0.5)
            found.check(capsys, "PostgreSQL crashed 20 times", found.measure())

    def test_postgresql_hangs_for_half_a_minute(server, tmp_path, capsys):
        with scene(server.url, tmp_path) as found:
            processes = [server.process.pid, *children(server.process.pid)]
            for pid in processes:
                os.kill(pid, signal.SIGSTOP)
            time.sleep(30)
            for pid in reversed(processes):
                os.kill(pid, signal.SIGCONT)
            found.check(capsys, "PostgreSQL frozen for 30 s", found.measure())

else:

    def test_sqlite_is_locked_for_a_minute(migrated, tmp_path, capsys):
        with scene(copied_database(migrated, tmp_path), tmp_path) as found:
            with closing(sqlite3.connect(tmp_path / "forum.db", isolation_level=None, timeout=30)) as other:
                other.execute("BEGIN IMMEDIATE")
                time.sleep(60)
                assert found.reader.get().status == 200
                other.execute("ROLLBACK")
            found.check(capsys, "SQLite locked for 60 s", found.measure())

    def test_the_disk_under_sqlite_is_full_for_twenty_seconds(migrated, tmp_path, small, capsys):
        with scene(copied_database(migrated, small), tmp_path) as found:
            fill(small / "ballast")
            time.sleep(10)
            fill(small / "more")
            time.sleep(10)
            assert found.reader.get().status == 200
            assert "OperationalError" in found.worker.log.read_text(), "the worker met it"
            assert states(found.app)[MailState.QUEUED] > 0
            for name in ("ballast", "more"):
                (small / name).unlink()
            found.check(capsys, "disk full for 20 s", found.measure())

    def test_the_disk_under_a_mailbox_is_full_for_twenty_seconds(live_app, small, capsys):
        (small / "mail").mkdir()
        fill(small / "ballast")
        queue(live_app, 20)
        worker = Forked(live_app, f"mailbox:{small / 'mail'}", Plan(in_earnest=True))
        time.sleep(20)
        assert states(live_app) == {MailState.QUEUED: 20}
        with live_app.app_context():
            reasons = set(db.session.scalars(db.select(OutgoingMail.reason)))
            db.session.remove()
        assert reasons == {"", "mailbox: No space left on device"}
        (small / "ballast").unlink()
        began = time.monotonic()
        until(lambda: states(live_app) == {MailState.SENT: 20}, 60)
        tell(capsys, f"disk of the mailbox full for 20 s: all out after {time.monotonic() - began:.1f} s")
        assert worker.end() == 0
        assert len(list((small / "mail").iterdir())) == 20


@pytest.fixture
def small(tmp_path):
    """A file system of 24 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


class RedisServer:
    """A Redis of this test alone, with nothing on the disk."""

    def __init__(self) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if program is None:
            pytest.skip("no Redis is installed (Debian: redis-server)")
        self.port = free_port()
        self.command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        until(lambda: self.keys() is not None, 10)

    def keys(self) -> int | None:
        """How many counts it has; None while it does not answer."""
        try:
            with redis.Redis(port=self.port, socket_timeout=1) as asked:
                return int(asked.dbsize())
        except redis.RedisError:
            return None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


@on_one_database
def test_without_redis_pages_and_letters_go_on(live_app, tmp_path, monkeypatch, capsys):
    shared, port, url = RedisServer(), free_port(), live_app.config["SQLALCHEMY_DATABASE_URI"]
    monkeypatch.setenv("REDIS_URL", shared.url)
    command = [sys.executable, "-m", "granian", *serving(port), "app:app"]
    (reader,) = ground(app_on(url, tmp_path), port)
    figures = {}
    with smtp_server(keep_content=False) as smtp, served(port, url, tmp_path, command):
        worker = subprocess.Popen(COMMAND, cwd=ROOT, env=environment(live_app, smtp.url, tmp_path))
        try:
            for state in ("there", "frozen", "killed", "back"):
                if state == "frozen":
                    shared.process.send_signal(signal.SIGSTOP)
                elif state == "killed":
                    shared.kill()
                elif state == "back":
                    shared.start()
                    assert shared.keys() == 0
                    time.sleep(11)  # so long it is not asked after it failed
                answer, page = reader.reply(f"Toch: {state}"), reader.get()
                assert (answer.status, page.status) == (303, 200)
                ready = reader.get("/readyz")
                assert ready.status == 200
                with live_app.app_context():
                    queue(live_app, 1, lane=Lane.DIRECT, prefix=state)
                asked, here = time.monotonic(), len(smtp.received)
                until(lambda here=here: len(smtp.received) > here, 30)
                figures[state] = {
                    "post": round(answer.seconds, 2), "page": round(page.seconds, 2),
                    "letter": round(time.monotonic() - asked, 1),
                }  # fmt: skip
                if state in {"there", "back"}:
                    assert shared.keys(), "it is in use"
            tell(capsys, f"Redis: {figures}")
            assert max(each["post"] for each in figures.values()) < 3
            assert worker.poll() is None
        finally:
            worker.terminate()
            worker.wait(15)
            shared.kill()
