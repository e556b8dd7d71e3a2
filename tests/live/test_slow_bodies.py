"""Bodies that drip a byte a second hold up nobody who reads (`/healthz` least of all), and are let go."""

import socket
import sys
import threading
import time

import pytest

from forum import create_app
from tests.cli.test_start import free_port
from tests.conftest import copied_database, settings_for
from tests.live.served import SECRET, ground, p95, served, tell

pytestmark = [pytest.mark.live, pytest.mark.any_database, pytest.mark.timeout(300)]
DRIPPING = 200
QUIET = 60  # pages, before and meanwhile


class Drip:
    """Connections that each send a form at a byte a second."""

    def __init__(self, port: int, path: str) -> None:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        self.going, self.sockets = True, []
        for _each in range(DRIPPING):
            opened = socket.create_connection(("127.0.0.1", port))
            opened.sendall(f"{head}Content-Length: 400\r\n\r\n".encode())
            self.sockets.append(opened)
        self.thread = threading.Thread(target=self._drip)
        self.thread.start()

    def _drip(self) -> None:
        while self.going:
            for each in self.sockets:
                try:
                    each.send(b"x")
                except OSError:
                    pass  # it was refused, or let go
            time.sleep(1)

    def end(self) -> list[str]:
        """The status lines that came back."""
        self.going = False
        self.thread.join()
        lines = []
        for each in self.sockets:
            each.settimeout(0.2)
            try:
                lines.append(each.recv(200).decode(errors="replace").split("\r\n")[0])
            except OSError:
                lines.append("")
            each.close()
        return lines


def pages(reader, path: str, until: float = 0.0) -> list[float]:
    """How long each page took; as many as for a p95, and until that moment."""
    took: list[float] = []
    while len(took) < QUIET or time.monotonic() < until:
        answer = reader.get(path)
        assert answer.status == 200
        took.append(answer.seconds)
        time.sleep(0.02)
    return took


@pytest.mark.parametrize("seconds", [5, pytest.param(60, marks=pytest.mark.proof)])
def test_pages_are_read_while_200_bodies_drip(migrated, tmp_path, seconds, capsys):
    url, port = copied_database(migrated, tmp_path), free_port()
    app = create_app(
        {**settings_for(url, tmp_path), "SECRET_KEY": SECRET, "SESSION_COOKIE_NAME": "leerkring"}
    )
    [reader] = ground(app, port)
    command = [sys.executable, "-m", "flask", "--app", "app", "start"]
    with served(port, url, tmp_path, command):
        pages(reader, reader.page)
        quiet, quiet_health = pages(reader, reader.page), pages(reader, "/healthz")
        drip = Drip(port, f"{reader.page.rpartition('-who')[0]}/replies")
        time.sleep(0.5)
        until = time.monotonic() + seconds
        while_dripping = pages(reader, reader.page, until)
        health = pages(reader, "/healthz")
        answers = drip.end()
    refused = sum(" 503 " in each for each in answers)
    late = sum(" 408 " in each for each in answers)
    tell(
        capsys,
        f"slow bodies for {seconds} s: page p95 {p95(quiet) * 1000:.1f} ms quiet, {p95(while_dripping) * 1000:.1f} ms"
        f" meanwhile; /healthz {p95(quiet_health) * 1000:.1f} and {p95(health) * 1000:.1f} ms;"
        f" {refused} refused, {late} let go",
    )
    # A short run on a busy machine only tells whether it goes on at all: with few threads it stands still.
    assert p95(while_dripping) <= max(2 * p95(quiet), 0.02 if seconds > 20 else 0.5)
    assert p95(health) < 0.2
    assert refused == DRIPPING - 128
    assert not late or seconds > 20
