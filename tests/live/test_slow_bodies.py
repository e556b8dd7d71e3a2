"""Bodies that drip a byte a second hold up nobody who reads (`/healthz` least of all), and are let go."""

import select
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from forum.infra.bodies import READERS, READERS_OF_ONE
from tests.cli.test_start import free_port
from tests.conftest import copied_database
from tests.live.served import app_on, ground, p95, served, tell
from tests.live.test_proxy import proxy

pytestmark = [pytest.mark.live, pytest.mark.any_database, pytest.mark.timeout(300)]
DRIPPING, MANY = 200, 5  # forms, and addresses of which none has more than its share of readers
QUIET = 60  # pages, before and meanwhile


class Drip:
    """Connections from so many addresses that each send a form at a byte a second."""

    def __init__(self, port: int, path: str, addresses: int) -> None:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        self.going, self.sockets = True, []
        for number in range(DRIPPING):
            source = f"127.0.0.{2 + number % addresses}"
            opened = socket.create_connection(("127.0.0.1", port), source_address=(source, 0))
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

    def wait_for_answers(self, wanted: int) -> None:
        """Go on when so many were answered, which is when all others hold a reader."""
        until = time.monotonic() + 30
        while (come := len(select.select(self.sockets, [], [], 0)[0])) < wanted:
            assert time.monotonic() < until, f"{come} of {wanted} were answered"
            time.sleep(0.02)

    def end(self) -> list[str]:
        """The status lines that came back."""
        self.going = False
        self.thread.join()
        answered = select.select(self.sockets, [], [], 0.2)[0]
        lines = []
        for each in answered:
            with suppress(OSError):  # reset while it was answered
                lines.append(each.recv(200).decode(errors="replace").split("\r\n")[0])
        for each in self.sockets:
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


def test_pages_are_read_and_others_write_while_one_address_drips_200_bodies(migrated, tmp_path, capsys):
    """By the web server of `make run` alone; with what runs beside it in the proofs below."""
    with forum(migrated, tmp_path, None) as reader:
        refused, _late = drip_and_read(reader, 5, capsys, "the web server", refused=DRIPPING - READERS_OF_ONE)
    assert refused == DRIPPING - READERS_OF_ONE


@pytest.mark.proof
def test_for_a_minute_too_from_many_addresses(migrated, tmp_path, capsys):
    with forum(migrated, tmp_path) as reader:
        answered = drip_and_read(
            reader, 60, capsys, "`make run`", refused=DRIPPING - READERS, addresses=MANY, writes=False
        )
    assert answered == (DRIPPING - READERS, READERS)


@pytest.mark.proof
def test_behind_the_proxy_that_is_shipped(migrated, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("TRUSTED_PROXIES", "1")
    port = free_port()
    with forum(migrated, tmp_path) as reader, proxy(tmp_path, port, reader.port):
        reader.port = port
        # As many as one address may have are waited for, the others are refused.
        answered = drip_and_read(reader, 60, capsys, "behind nginx", refused=DRIPPING - 100)
    assert answered == (DRIPPING - 100, 0)


START = [sys.executable, "-m", "flask", "--app", "app", "start"]


@contextmanager
def forum(migrated, folder, command=START):
    """Somebody signed in at `flask start`, as `make run` runs it, or at another command."""
    url, port = copied_database(migrated, folder), free_port()
    [reader] = ground(app_on(url, folder), port)
    with served(port, url, folder, command):
        yield reader


def drip_and_read(reader, seconds, capsys, where, *, refused, addresses=1, writes=True) -> tuple[int, int]:
    """Let bodies drip so long, and read meanwhile; how many of them were refused, and let go.

    `refused`: as many are to be at once. `writes`: somebody at another address can still send a form.
    """
    pages(reader, reader.page)
    quiet, quiet_health = pages(reader, reader.page), pages(reader, "/healthz")
    drip = Drip(reader.port, f"{reader.page.rpartition('-who')[0]}/replies", addresses)
    drip.wait_for_answers(refused)
    while_dripping = pages(reader, reader.page, time.monotonic() + seconds)
    health = pages(reader, "/healthz")
    sent = reader.reply("Ondertussen.").status
    answers = drip.end()
    turned_away = sum(any(f" {code} " in each for code in (429, 503)) for each in answers)
    late = sum(" 408 " in each for each in answers)
    tell(
        capsys,
        f"slow bodies for {seconds} s, {where}: page p95 {p95(quiet) * 1000:.1f} ms quiet,"
        f" {p95(while_dripping) * 1000:.1f} ms meanwhile; /healthz {p95(quiet_health) * 1000:.1f} and"
        f" {p95(health) * 1000:.1f} ms; {turned_away} refused, {late} let go",
    )
    # Beside other tests this only tells whether it goes on at all: with few threads it stands still for seconds.
    assert p95(while_dripping) <= max(2 * p95(quiet), 0.1 if seconds > 20 else 0.5)
    assert p95(health) < 0.2
    assert not writes or sent == 303
    return turned_away, late
