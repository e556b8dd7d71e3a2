"""Faults under eight writers: nothing acknowledged is lost, every refusal shows the words, `/healthz` answers."""

import sqlite3
import subprocess
import threading
import time
import uuid
from collections import Counter
from contextlib import closing, suppress
from html import unescape
from http.client import HTTPException

import pytest
from flask_migrate import upgrade
from sqlalchemy import create_engine, text

from forum.infra.db import db
from tests.cli.test_start import free_port
from tests.conftest import POSTGRES, copied_database
from tests.live.served import app_on, ground, served, tell, typed
from tests.postgres import PostgresServer

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]
WRITERS = 8
DURABLE = {"max_connections": "60", "shared_buffers": "32MB"}


class Storm:
    """Eight people who write one reply after another, and one who reads; what each of them was told."""

    def __init__(self, readers, *, pages_stand: bool) -> None:
        self.readers, self.pages_stand = readers, pages_stand
        self.acknowledged: list[str] = []
        self.told: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.slowest = {"/healthz": 0.0, "page": 0.0}
        self.answered: Counter[str] = Counter()
        self.going = True
        self.threads = [threading.Thread(target=self._write, args=[each]) for each in readers]
        self.threads += [threading.Thread(target=self._read, args=[path]) for path in self.slowest]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        """Let everybody finish what they are at."""
        self.going = False
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()

    def answers_meanwhile(self, times: int = 5) -> bool:
        """Whether both the sign of life and the page are asked and answered this many times from now on."""
        # The answer that is on its way may have been made before.
        enough = {what: self.answered[what] + 1 + times for what in self.slowest}
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if all(self.answered[what] >= number for what, number in enough.items()):
                return True
            time.sleep(0.05)
        return False

    def _write(self, reader) -> None:
        while self.going:
            key, words = str(uuid.uuid4()), f"Wat <{uuid.uuid4()}> & meer."
            while not self._sent(reader, words, key) and self.going:
                time.sleep(0.2)

    def _sent(self, reader, words: str, key: str) -> bool:
        try:
            answer = reader.reply(words, key)
        except (OSError, HTTPException) as error:
            self.wrong.append(type(error).__name__)
            return False
        self.told[str(answer.status)] += 1
        if answer.status == 303:
            self.acknowledged.append(words)
            return True
        fine = answer.status == 503 and answer.headers.get("Retry-After")
        if not (
            fine and unescape(typed(answer.text)) == words and 'lang="nl-BE" data-theme="dark"' in answer.text
        ):
            self.wrong.append(
                f"{answer.status} {answer.headers.get('Retry-After')} {typed(answer.text)!r} {answer.text[:300]}"
            )
        return False

    def _read(self, what: str) -> None:
        while self.going:
            answer = self.readers[0].get(what if what != "page" else "/lessons")
            self.slowest[what] = max(self.slowest[what], answer.seconds)
            self.answered[what] += 1
            allowed = {200} if what == "/healthz" or self.pages_stand else {200, 503}
            if answer.status not in allowed or (what == "page" and "<html" not in answer.text):
                self.wrong.append(f"{what}: {answer.status} {answer.text[:300]}")
            time.sleep(0.05)


def check(storm: Storm, url: str, capsys, name: str, *, timed: bool) -> None:
    """Nothing acknowledged is missing or twice, and nobody was told anything else than they should be.

    `timed`: nothing else runs beside this, so that seconds say something of the forum.
    """
    engine = create_engine(url)
    with engine.connect() as connection:
        kept = Counter(connection.scalars(text("SELECT body FROM post_revision")))
    engine.dispose()
    lost = [words for words in storm.acknowledged if kept[words] != 1]
    twice = [words for words, times in kept.items() if times > 1]
    slowest = {what: round(seconds, 3) for what, seconds in storm.slowest.items()}
    tell(capsys, f"{name}: {dict(storm.told)}; slowest {slowest}; lost {len(lost)}, twice {len(twice)}")
    assert not storm.wrong, storm.wrong[:3]
    assert not lost
    assert not twice
    assert storm.told["303"] > WRITERS
    assert storm.told["503"]
    if timed:
        assert storm.slowest["/healthz"] < 1
        assert storm.slowest["page"] < 3


def fill(ballast) -> None:
    """Take all the room that is left, while others take it too."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass


if not POSTGRES:

    @pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.proof)])
    def test_sqlite_locked_by_another(migrated, tmp_path, monkeypatch, capsys, seconds):
        monkeypatch.setenv("TEST_PATIENCE", "0.5" if seconds < 10 else "5")
        url, port = copied_database(migrated, tmp_path), free_port()
        readers = ground(app_on(url, tmp_path), port, WRITERS)
        with served(port, url, tmp_path):
            storm = Storm(readers, pages_stand=True)
            time.sleep(1)
            with closing(sqlite3.connect(tmp_path / "forum.db", isolation_level=None, timeout=30)) as other:
                other.execute("BEGIN IMMEDIATE")
                time.sleep(seconds)
                stands = storm.answers_meanwhile()
                other.execute("ROLLBACK")
            time.sleep(1)
            storm.end()
        assert stands, "the page or the sign of life waited for the lock"
        check(storm, url, capsys, f"SQLite locked for {seconds} s", timed=seconds > 10)

    @pytest.mark.proof
    def test_a_full_disk(migrated, tmp_path, capsys):
        """A small file system fills up, and somebody makes room again."""
        small = tmp_path / "small"
        small.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(small)], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("a small file system can only be mounted by root")
        try:
            url, port = copied_database(migrated, small), free_port()
            readers = ground(app_on(url, small), port, WRITERS)
            with served(port, url, tmp_path):
                storm, stands = Storm(readers, pages_stand=True), True
                time.sleep(1)
                for _turn in range(4):
                    fill(small / "ballast")
                    time.sleep(3)
                    stands = stands and storm.answers_meanwhile()
                    (small / "ballast").unlink()
                    time.sleep(2)
                storm.end()
            assert stands, "the page or the sign of life waited for room"
            check(storm, url, capsys, "disk full four times", timed=True)
        finally:
            subprocess.run(["umount", "-l", str(small)], check=True)


if POSTGRES:

    @pytest.mark.parametrize("times", [1, pytest.param(4, marks=pytest.mark.proof)])
    def test_postgresql_stopped_and_started(tmp_path, capsys, times):
        server = PostgresServer(DURABLE)
        app, port = app_on(server.url, tmp_path), free_port()
        with app.app_context():
            upgrade()
            db.engine.dispose()
        readers = ground(app, port, WRITERS)
        with served(port, server.url, tmp_path):
            storm, answers = Storm(readers, pages_stand=False), True
            for _turn in range(times):
                time.sleep(1.5)
                server.stop()
                time.sleep(1 if times == 1 else 4)
                answers = answers and storm.answers_meanwhile()
                server.start()
            time.sleep(1.5)
            storm.end()
        try:
            assert answers, "the page or the sign of life waited for the server"
            check(storm, server.url, capsys, f"PostgreSQL stopped {times} times", timed=times > 1)
        finally:
            server.stop()
