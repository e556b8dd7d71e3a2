"""A forum served as `flask start` serves it, by a process of its own, and somebody signed in who asks it."""

import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPMessage
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask

from forum import create_app
from forum.cli.start import serving
from forum.domain.people import sessions
from forum.infra.db import db
from tests.conftest import settings_for
from tests.factories import csrf_for, make_member, make_space, make_thread

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
SECRET = "known to the tests and to nobody else 0123456789"
APPLICATION = "tests.live.application:app"


@dataclass
class Answer:
    """What came back, and after how many seconds."""

    status: int
    text: str
    headers: HTTPMessage
    seconds: float


@dataclass
class Reader:
    """Somebody signed in, who reads Dutch."""

    port: int
    cookie: str
    token: str
    page: str
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str = "", timeout: float = 30) -> Answer:
        return self._ask("GET", path or self.page, None, timeout)

    def reply(self, words: str, key: str = "", timeout: float = 40) -> Answer:
        """Answer in the thread with these words."""
        fields = {"body": words, "csrf_token": self.token, "kind": "experience"}
        fields["idempotency_key"] = key or str(uuid.uuid4())
        return self.post(f"{self.page.rpartition('-who')[0]}/replies", fields, timeout)

    def post(self, path: str, fields: dict[str, str], timeout: float = 40) -> Answer:
        return self._ask("POST", path, urlencode(fields), timeout)

    def _ask(self, method: str, path: str, body: str | None, timeout: float) -> Answer:
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = {"Cookie": f"leerkring={self.cookie}", "Accept-Language": "en", **self.headers}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        return Answer(answer.status, text, answer.headers, time.monotonic() - began)


def app_on(url: str, folder: Path) -> Flask:
    """The application here on the database there, with the same secret and cookie, to make rows and sessions."""
    own = {"SECRET_KEY": SECRET, "SESSION_COOKIE_NAME": "leerkring"}
    return create_app({**settings_for(url, folder), **own})


def ground(app: Flask, port: int, people: int = 1) -> list[Reader]:
    """Make a thread, and people in its space who are signed in at the server on this port."""
    with app.app_context():
        space = make_space("Gent")
        members = [
            make_member(f"Noor {number}", space=space, locale="nl", theme="dark") for number in range(people)
        ]
        thread = make_thread(space, members[0])
        readers = []
        for member in members:
            browser = app.test_client()
            secret = sessions.begin(member, device="Test browser")
            with browser.session_transaction() as kept:
                kept |= {"_user_id": secret, "_fresh": True, "looks": ["nl", "dark"]}
            token = csrf_for(browser)
            cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
            assert cookie
            readers.append(Reader(port, cookie.value, token, f"/threads/{thread.id}-{thread.slug}"))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return readers


@contextmanager
def served(
    port: int, url: str, folder: Path, command: list[str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """The forum on this port, until the end of the block; without limits of how often, unless `command` says how."""
    environment = {
        **os.environ,
        "INSTANCE": str(folder),
        "DATABASE_URL": url,
        "PORT": str(port),
        "FORUM_ENV": "development",
        "SECRET_KEY": SECRET,
    }
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command or [sys.executable, "-m", "granian", *serving(port), APPLICATION],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _await(port, process, folder)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _await(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError((folder / "server.log").read_text(errors="replace"))


def p95(seconds: list[float]) -> float:
    """The time that nineteen of twenty answers needed at most."""
    return sorted(seconds)[int(len(seconds) * 0.95)]


def typed(page: str) -> str:
    """The words in the text area of a page."""
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.S)
    return found[1] if found else ""


def tell(capsys, line: str) -> None:
    """Show a figure, also of a test that passes."""
    with capsys.disabled():
        sys.stdout.write(f"\n{line}\n")
